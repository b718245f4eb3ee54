// SPDX-License-Identifier: Apache-2.0
//
// What the parts of the bench `ulp` share.
#ifndef BENCH_ULP_H
#define BENCH_ULP_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <mpfr.h>

enum { ULP_ARITY = 3 };

// The true value of an operation: in double, which is enough to round correctly where the operation
// is arithmetic or exact; elsewhere MPFR decides what the maximum is.
typedef struct ulp_truth {
    const char *name;
    double (*value)(const float *x);
    void (*precise)(mpfr_t r, mpfr_t *x); // NULL: `value` is good to half an ulp of a float
    double (*quick)(const float *x);      // `value` but for 0.001 ulp of a float; NULL: itself
} ulp_truth;

// NULL if there is none for this operation.
const ulp_truth *ulp_truth_find(const char *name);
// The distance of y from the truth, in ulp of the correctly rounded result; INFINITY for a NaN, an
// infinity or a sign in the wrong place.
double ulp_error(float y, double truth);
// The same against MPFR where the truth has it; else `error` itself.
double ulp_precise_error(const ulp_truth *truth, uint32_t arity, const float *x, float y,
                         double error);

// The operands of the n-th of the random and directed tuples.
void ulp_tuple(uint64_t n, float x[ULP_ARITY]);

// A building block of the formulas that no operation shows alone, in the scalar dialect.
typedef struct ulp_part {
    const char *name, *truth;
    uint32_t arity;
    void (*run)(const float *const *in, float *out, size_t n);
} ulp_part;
extern const ulp_part ulp_parts[];
extern const size_t ulp_part_count;

static inline uint32_t ulp_bits(float f)
{
    uint32_t u;
    memcpy(&u, &f, sizeof u);
    return u;
}

static inline float ulp_float(uint32_t u)
{
    float f;
    memcpy(&f, &u, sizeof f);
    return f;
}

#endif
