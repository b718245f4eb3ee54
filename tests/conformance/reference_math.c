// SPDX-License-Identifier: Apache-2.0
// References of elementwise operations, expanded from bench/truth.def.
#include "bench/truth.h"
#include "tests/conformance/conformance.h"

#include <string.h>

#define A(i, standard) attr[i]
#define L(name)        name##l
#define TRUTH(name, value)                                          \
    static double true_##name(const double *in, const double *attr) \
    {                                                               \
        long double X = in[0], Y = in[1];                           \
        (void)Y;                                                    \
        (void)attr;                                                 \
        return (double)(value);                                     \
    }
#define EXACT(name, value)                                          \
    static double true_##name(const double *in, const double *attr) \
    {                                                               \
        double x = in[0], y = in[1], z = in[2];                     \
        (void)y;                                                    \
        (void)z;                                                    \
        (void)attr;                                                 \
        return (value);                                             \
    }
#include "bench/truth.def"
#undef TRUTH
#undef EXACT

#define TRUTH(name, value) {#name, .map = true_##name},
#define EXACT(name, value) {#name, .map = true_##name},
static const reference rows[] = {
#include "bench/truth.def"
};

const reference *reference_math(const w_op *op)
{
    // reference_variadic() has these, or reference_whole().
    static const reference others[] = {{"sum", .map = NULL},         {"mean", .map = NULL},
                                       {"bitwise_and", .map = NULL}, {"bitwise_or", .map = NULL},
                                       {"bitwise_xor", .map = NULL}, {"bitwise_not", .map = NULL},
                                       {"left_shift", .map = NULL},  {"right_shift", .map = NULL}};
    for (size_t i = 0; i < W_COUNT(rows); i++)
        if (!strcmp(rows[i].name, op->name))
            return &rows[i];
    for (size_t i = 0; i < W_COUNT(others); i++)
        if (!strcmp(others[i].name, op->name))
            return &others[i];
    return NULL;
}
