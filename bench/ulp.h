// SPDX-License-Identifier: Apache-2.0
//
// What the parts of the bench `ulp` share.
#ifndef BENCH_ULP_H
#define BENCH_ULP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <mpfr.h>
#include <weir/weir.h>

#include "bench/hash.h"

// Loops that are compiled for wider vectors, too, where compiler and C library can choose between
// them at run time.
#if defined __x86_64__ && defined __GNUC__ && !defined __clang__ && defined __GLIBC__
#define ULP_VECTORS __attribute__((target_clones("default", "avx2", "avx512f")))
#if __GLIBC_PREREQ(2, 35)
#define ULP_LIBMVEC // every function that truth.def names has a vector form
#endif
#else
#define ULP_VECTORS
#endif

enum { ULP_ARITY = HASH_ARITY };

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

// How far a is from b, in ulp of the float nearest to b.
double ulp_distance(double a, double b);

// The truth of n inputs in double, good to ulp_stray_limit; `in` has ULP_ARITY arrays. NULL if
// an operation's is not listed.
static const double ulp_stray_limit = 1e-4;
typedef void ulp_block(const float *const *in, double *out, size_t n);
ulp_block *ulp_block_find(const char *name);

// A building block of the formulas that no operation shows alone, in the scalar dialect.
typedef struct ulp_part {
    const char *name, *truth;
    uint32_t arity;
    void (*run)(const float *const *in, float *out, size_t n);
} ulp_part;
extern const ulp_part ulp_parts[];
extern const size_t ulp_part_count;

// ---------------------------------------------------------------- measuring

// An operation of the library's, or a part.
typedef struct ulp_subject {
    const char *name;
    uint32_t arity;
    double bound;
    weir_op op;
    bool truths; // the results are bool, judged as 0 and 1
    const ulp_part *part;
    const ulp_truth *truth;
} ulp_subject;

// What runs a subject: workers, each with a context, which may be the same one.
typedef struct ulp_place {
    weir_context **contexts;
    uint32_t workers;
    uint32_t chunk; // elements of a call
} ulp_place;

typedef struct ulp_findings {
    uint64_t tried, wrong;    // wrong: not the correctly rounded result
    uint64_t hash, hash_part; // over all, and over the inputs whose number HASH_STRIDE divides
    uint64_t strayed; // inputs of a sample where ulp_block is off by more than ulp_stray_limit
    double worst;     // in ulp, found first at input number `number`
    uint64_t number;
    float at[ULP_ARITY], result;
} ulp_findings;

// Runs a subject on `count` inputs, those of a unary one being every stride-th of the 2^32, hashes
// the results and, if asked, judges them. Not WEIR_OK: *failed is the context that has the message.
weir_status ulp_measure(const ulp_place *place, const ulp_subject *subject, uint64_t count,
                        uint32_t stride, bool judged, ulp_findings *out, weir_context **failed);

// ---------------------------------------------------------------- results that are kept

enum { ULP_TARGETS = 16 };

// What FOLDER/OPERATION.json holds of an operation: the outcome of judging it, and the hash of the
// same results on every target that has been asked.
typedef struct ulp_result {
    char name[32];
    uint64_t inputs;
    double bound, worst;
    uint64_t wrong;
    char at[96], result[32];
    uint64_t hash, hash_part;
    bool judged;
    uint32_t n_targets;
    struct {
        char name[64], device[128];
        uint64_t hash;
    } targets[ULP_TARGETS];
} ulp_result;

// False where there is no file that can be read; *out then holds the name alone.
bool ulp_result_read(const char *folder, const char *name, ulp_result *out);
// Writes the file whole or not at all.
bool ulp_result_write(const char *folder, const ulp_result *result);
// Sets the hash of a target.
void ulp_result_target(ulp_result *result, const char *target, const char *device, uint64_t hash);

#endif
