// SPDX-License-Identifier: Apache-2.0
//
// The hash of an operation's results over many inputs: the sum, modulo 2^64, of the results' bits,
// each times an odd number that follows from the input's number. The order of the sum does not
// matter, so threads and tests take any part of it, and a NaN counts as one value, as on every
// target.
#ifndef BENCH_HASH_H
#define BENCH_HASH_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Of every operation the hash of every 997th result is committed as well, for tests to renew.
enum { HASH_ARITY = 3, HASH_STRIDE = 997 };

static inline uint32_t hash_bits(float f)
{
    uint32_t u;
    memcpy(&u, &f, sizeof u);
    return u;
}

static inline float hash_float(uint32_t u)
{
    float f;
    memcpy(&f, &u, sizeof f);
    return f;
}

// The term of input number n, which of a unary operation is the input's bits.
static inline uint64_t hash_term(uint32_t n, float result)
{
    uint32_t bits = hash_bits(result), weight = n * 0x9e3779b1u;
    weight = (weight ^ weight >> 15) * 0x85ebca6bu;
    weight = (weight ^ weight >> 13) | 1;
    bits = (bits & 0x7fffffffu) > 0x7f800000u ? 0x7fc00000u : bits;
    return (uint64_t)bits * weight;
}

// The operands of the n-th of the random and directed tuples, for operations of several inputs.
void hash_tuple(uint64_t n, float x[HASH_ARITY]);

// n truth values of a byte each become the floats 0 and 1, in the same memory.
static inline void hash_truths(float *y, size_t n)
{
    const unsigned char *truths = (const unsigned char *)y;
    while (n-- > 0)
        y[n] = truths[n] ? 1.0f : 0.0f;
}

#endif
