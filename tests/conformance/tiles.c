// SPDX-License-Identifier: Apache-2.0
// After Intel's "Architecture Instruction Set Extensions Programming Reference", chapter 3. What
// would raise #UD there (no configuration, shapes that do not fit) ends the process here.
#include "tests/conformance/tiles.h"

#if defined(__x86_64__)

#include <math.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>

enum { TILES = 8, ROWS = 16, BYTES = 64 };

typedef struct tiles_state {
    bool configured;
    uint16_t bytes[TILES]; // of a row
    uint8_t rows[TILES];
    uint8_t data[TILES][ROWS][BYTES];
} tiles_state;

static _Thread_local tiles_state state;
static atomic_size_t products;

// An instruction with a VEX prefix of three bytes from map 2.
typedef struct instruction {
    uint8_t prefix, opcode, mod, reg, rm, vvvv; // prefix: 0 none, 1 66, 2 F3, 3 F2
    uintptr_t base;                             // of its memory
    int64_t stride;
    size_t length;
} instruction;

static const int registers[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                  REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                  REG_R12, REG_R13, REG_R14, REG_R15};

static uintptr_t value_of(const ucontext_t *c, int number)
{
    return (uintptr_t)c->uc_mcontext.gregs[registers[number]];
}

// What the bytes from the ModRM's successor on say about memory.
static void decode_memory(const ucontext_t *c, const uint8_t *at, const uint8_t *begin, bool x,
                          bool b, instruction *out)
{
    int base = out->rm;
    bool relative = out->mod == 0 && base == 5, none = false;
    if (out->rm == 4) {
        uint8_t sib = *at++;
        int index = (sib >> 3 & 7) | x << 3;
        base = sib & 7;
        none = out->mod == 0 && base == 5;
        if (index != 4)
            out->stride = (int64_t)(value_of(c, index) << (sib >> 6));
    }
    int32_t wide = 0;
    if (out->mod == 1)
        wide = (int8_t)*at++;
    if (out->mod == 2 || relative || none) {
        memcpy(&wide, at, sizeof wide);
        at += sizeof wide;
    }
    out->length = (size_t)(at - begin);
    out->base = (uintptr_t)(int64_t)wide;
    if (relative)
        out->base += (uintptr_t)at;
    else if (!none)
        out->base += value_of(c, base | b << 3);
}

static bool decode(const ucontext_t *c, const uint8_t *from, instruction *out)
{
    memset(out, 0, sizeof *out);
    if (from[0] != 0xc4 || (from[1] & 0x1f) != 2 || (from[2] & 0x84) != 0)
        return false; // another map, W1, 256 bits
    bool x = !(from[1] & 0x40), b = !(from[1] & 0x20);
    out->prefix = from[2] & 3;
    out->vvvv = ~(from[2] >> 3) & 15;
    out->opcode = from[3];
    out->mod = from[4] >> 6;
    out->reg = from[4] >> 3 & 7;
    out->rm = from[4] & 7;
    out->length = 5;
    if (out->mod != 3)
        decode_memory(c, from + 5, from, x, b, out);
    return true;
}

// ---------------------------------------------------------------- what they do

static bool configure(const uint8_t *from)
{
    memset(&state, 0, sizeof state);
    if (from[0] != 1 || from[1] != 0) // the one palette; no restart
        return false;
    for (int i = 2; i < 16; i++)
        if (from[i])
            return false;
    for (int t = 0; t < TILES; t++) {
        memcpy(&state.bytes[t], from + 16 + 2 * t, 2);
        state.rows[t] = from[48 + t];
        if (state.bytes[t] > BYTES || state.rows[t] > ROWS || !state.bytes[t] != !state.rows[t])
            return false;
    }
    state.configured = true;
    return true;
}

static bool move_tile(const instruction *i, bool load)
{
    uint8_t t = i->reg;
    if (!state.configured || !state.rows[t])
        return false;
    if (load)
        memset(state.data[t], 0, sizeof state.data[t]);
    for (int r = 0; r < state.rows[t]; r++) {
        void *memory = (void *)(i->base + (uintptr_t)(r * i->stride));
        if (load)
            memcpy(state.data[t][r], memory, state.bytes[t]);
        else
            memcpy(memory, state.data[t][r], state.bytes[t]);
    }
    return true;
}

static int32_t byte_of(uint8_t byte, bool is_signed)
{
    return is_signed ? (int8_t)byte : byte;
}

static float half_of(const uint8_t *at)
{
    uint16_t half;
    memcpy(&half, at, sizeof half);
    uint32_t bits = (uint32_t)half << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return fabsf(value) < 0x1p-126f ? copysignf(0, value) : value;
}

// One element: a word of a, a word of b, added to `sum`.
static void multiply_words(const instruction *i, const uint8_t *a, const uint8_t *b, uint8_t *sum)
{
    if (i->opcode == 0x5c) {
        float s;
        memcpy(&s, sum, sizeof s);
        for (int h = 0; h < 4; h += 2)
            s = fmaf(half_of(a + h), half_of(b + h), s);
        memcpy(sum, &s, sizeof s);
        return;
    }
    // NP: u8 u8; 66: u8 s8; F3: s8 u8; F2: s8 s8.
    uint32_t s;
    memcpy(&s, sum, sizeof s);
    for (int h = 0; h < 4; h++)
        s += (uint32_t)(byte_of(a[h], i->prefix & 2) * byte_of(b[h], i->prefix & 1));
    memcpy(sum, &s, sizeof s);
}

static bool multiply(const instruction *i)
{
    uint8_t to = i->reg, a = i->rm, b = i->vvvv;
    if (!state.configured || b >= TILES || to == a || to == b || a == b ||
        state.rows[to] != state.rows[a] || state.bytes[to] != state.bytes[b] ||
        state.bytes[a] != 4 * state.rows[b])
        return false;
    for (int r = 0; r < state.rows[to]; r++)
        for (int k = 0; k < state.rows[b]; k++)
            for (int c = 0; c < state.bytes[to]; c += 4)
                multiply_words(i, &state.data[a][r][4 * k], &state.data[b][k][c],
                               &state.data[to][r][c]);
    atomic_fetch_add(&products, 1);
    return true;
}

static bool execute(const instruction *i)
{
    bool memory = i->mod != 3;
    if (i->opcode == 0x49 && i->prefix == 0 && memory)
        return configure((const uint8_t *)i->base);
    if (i->opcode == 0x49 && i->prefix == 0 && i->reg == 0 && i->rm == 0) {
        memset(&state, 0, sizeof state); // tilerelease
        return true;
    }
    if (i->opcode == 0x4b && memory && i->rm == 4 && (i->prefix == 3 || i->prefix == 2))
        return move_tile(i, i->prefix == 3);
    if ((i->opcode == 0x5e || (i->opcode == 0x5c && i->prefix == 2)) && !memory)
        return multiply(i);
    return false;
}

static void handle(int number, siginfo_t *info, void *context)
{
    ucontext_t *c = context;
    instruction i;
    (void)info;
    if (decode(c, (const uint8_t *)c->uc_mcontext.gregs[REG_RIP], &i) && execute(&i))
        c->uc_mcontext.gregs[REG_RIP] += (greg_t)i.length;
    else
        signal(number, SIG_DFL); // the instruction is met again
}

bool tiles_emulate(void)
{
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};
    return sigaction(SIGILL, &action, NULL) == 0;
}

size_t tiles_products(void)
{
    return atomic_load(&products);
}

bool tiles_configured(void)
{
    return state.configured;
}

#else

bool tiles_emulate(void)
{
    return false;
}

size_t tiles_products(void)
{
    return 0;
}

bool tiles_configured(void)
{
    return false;
}

#endif
