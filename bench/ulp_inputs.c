// SPDX-License-Identifier: Apache-2.0
//
// Operands for what has too many to try them all: random ones, and those where formulas go wrong.
#include "bench/hash.h"

#include <math.h>

// The n-th random number (splitmix64).
static uint64_t random_of(uint64_t n)
{
    n = (n + 1) * 0x9e3779b97f4a7c15u;
    n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9u;
    n = (n ^ n >> 27) * 0x94d049bb133111ebu;
    return n ^ n >> 31;
}

static float special(uint32_t n)
{
    static const uint32_t sizes[] = {
        0x00000000u, 0x00000001u, 0x00000002u, 0x00000003u, 0x003fffffu, 0x00400000u, 0x007fffffu,
        0x00800000u, 0x00800001u, 0x00ffffffu, 0x01000000u, 0x33800000u, 0x34000000u, 0x3effffffu,
        0x3f000000u, 0x3f000001u, 0x3f7ffffeu, 0x3f7fffffu, 0x3f800000u, 0x3f800001u, 0x3fc00000u,
        0x3fffffffu, 0x40000000u, 0x40400000u, 0x40a00000u, 0x42fe0000u, 0x43000000u, 0x43150000u,
        0x4affffffu, 0x4b000000u, 0x4b000001u, 0x4b7fffffu, 0x4b800000u, 0x4b800001u, 0x4f000000u,
        0x5f800000u, 0x7e800000u, 0x7f000000u, 0x7f7ffffeu, 0x7f7fffffu, 0x7f800000u, 0x7fc00000u,
    };
    const uint32_t count = sizeof sizes / sizeof *sizes;
    return hash_float(sizes[n / 2 % count] | (n & 1) << 31);
}

// Any mantissa and sign, an exponent within spread of 2^middle.
static float around(uint32_t bits, uint32_t more, int middle, int spread)
{
    int exponent = 127 + middle - spread + (int)(more % (2u * (uint32_t)spread + 1));
    return hash_float((bits & 0x807fffffu) | (uint32_t)exponent << 23);
}

// For a base, an exponent whose power is near the largest or the smallest numbers.
static float edge_exponent(float x, uint32_t random)
{
    int e;
    double m = frexp(fabs(x), &e) * 2; // log2 m is about m - 1
    double logarithm = fabs(x - 1) < 0.01 ? (fabs(x) - 1) * 1.4426950408889634 : e - 1 + (m - 1);
    double target = (random & 1 ? 128 : -149) + (int)(random >> 8 & 0xffff) / 65536.0 * 4 - 2;
    return (float)(target / logarithm);
}

// The operands of the n-th tuple.
void hash_tuple(uint64_t n, float x[HASH_ARITY])
{
    uint64_t r = random_of(2 * n), s = random_of(2 * n + 1);
    uint32_t a = (uint32_t)r, b = (uint32_t)(r >> 32), c = (uint32_t)s, d = (uint32_t)(s >> 32);
    x[0] = hash_float(a);
    x[1] = hash_float(b);
    x[2] = hash_float(c);
    switch (n % 10) {
    case 0: // any bits
        break;
    case 1: // what every formula trips over, all pairs in turn
        x[0] = special((uint32_t)(n / 10 % 84));
        x[1] = special((uint32_t)(n / 840 % 84));
        x[2] = special(c);
        break;
    case 2: // one of these
        x[d & 1] = special(c);
        break;
    case 3: // numbers of everyday size
        x[0] = around(a, d, 0, 7);
        x[1] = around(b, d >> 8, 0, 7);
        x[2] = around(c, d >> 16, 0, 30);
        break;
    case 4: // small integers and halves
        x[0] = (float)((int)(a % 401) - 200) / 2;
        x[1] = (float)((int)(b % 401) - 200) / 2;
        x[2] = (float)((int)(c % 401) - 200) / 2;
        break;
    case 5: // a base near one, or any, and an exponent that leads to the edge
        x[0] = d & 1 ? hash_float(0x3f800000u + (a & 0xffff) - 0x8000u) : around(a, d >> 8, 0, 20);
        x[1] = edge_exponent(x[0], b);
        break;
    case 6: // a base near one and a large exponent
        x[0] = hash_float(0x3f800000u + (a & 0xfffff) - 0x80000u);
        x[1] = around(b, d, 12, 12);
        break;
    case 7: // subnormal quotients, sums that cancel
        x[0] = around(a, d, -60, 40);
        x[1] = around(b, d >> 8, 60, 40);
        x[2] = -(x[0] * x[1]);
        break;
    case 8: // near each other
        x[1] = hash_float(a + (b & 15) - 8 + ((d & 7) << 23));
        x[2] = around(c, d, 0, 126);
        break;
    default: // subnormal operands
        x[0] = hash_float(a & (d & 1 ? 0x807fffffu : 0xffffffffu));
        x[1] = hash_float(b & 0x807fffffu >> (d >> 1 & 15));
        x[2] = hash_float(c & 0x807fffffu);
        break;
    }
}
