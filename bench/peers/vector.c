// SPDX-License-Identifier: Apache-2.0
//
// libmvec (glibc's) and SLEEF: functions of a vector of f32, in a loop as a compiler would write
// it.
#include <dlfcn.h>
#include <gnu/libc-version.h>
#include <stdlib.h>
#include <string.h>

#include "bench/peers/peers.h"

#if defined(__x86_64__)
#include <immintrin.h>

// Weir's name, C's, and the suffix of SLEEF's version of at most 1 ulp (u10), or next to it.
static const struct {
    const char *op, *c_name, *bound;
    int arguments;
} functions[] = {
    {"exp", "exp", "u10", 1},     {"exp2", "exp2", "u10", 1},   {"expm1", "expm1", "u10", 1},
    {"log", "log", "u10", 1},     {"log2", "log2", "u10", 1},   {"log10", "log10", "u10", 1},
    {"log1p", "log1p", "u10", 1}, {"sin", "sin", "u10", 1},     {"cos", "cos", "u10", 1},
    {"tan", "tan", "u10", 1},     {"asin", "asin", "u10", 1},   {"acos", "acos", "u10", 1},
    {"atan", "atan", "u10", 1},   {"sinh", "sinh", "u10", 1},   {"cosh", "cosh", "u10", 1},
    {"tanh", "tanh", "u10", 1},   {"asinh", "asinh", "u10", 1}, {"acosh", "acosh", "u10", 1},
    {"atanh", "atanh", "u10", 1}, {"cbrt", "cbrt", "u10", 1},   {"erf", "erf", "u10", 1},
    {"pow", "pow", "u10", 2},     {"atan2", "atan2", "u10", 2}, {"hypot", "hypot", "u05", 2},
};

typedef struct vector_library {
    void *library;
    bool sleef, wide;
    void *function;
    int arguments;
    const harness_case *c;
    float *y;
} vector_library;

typedef __m512 (*wide_1)(__m512);
typedef __m512 (*wide_2)(__m512, __m512);
typedef __m256 (*narrow_1)(__m256);
typedef __m256 (*narrow_2)(__m256, __m256);

__attribute__((target("avx512f"))) static void run_wide(void *arg)
{
    const vector_library *l = arg;
    const float *a = l->c->in[0].data, *b = l->c->n_in > 1 ? l->c->in[1].data : NULL;
    size_t n = (size_t)l->c->size;
    for (size_t i = 0; i < n; i += 16) {
        __mmask16 m = n - i < 16 ? (__mmask16)((1u << (n - i)) - 1) : (__mmask16)0xffff;
        __m512 x = _mm512_maskz_loadu_ps(m, a + i), v;
        if (l->arguments == 2)
            v = ((wide_2)l->function)(x, _mm512_maskz_loadu_ps(m, b + i));
        else
            v = ((wide_1)l->function)(x);
        _mm512_mask_storeu_ps(l->y + i, m, v);
    }
}

__attribute__((target("avx2"))) static void run_narrow(void *arg)
{
    const vector_library *l = arg;
    const float *a = l->c->in[0].data, *b = l->c->n_in > 1 ? l->c->in[1].data : NULL;
    size_t n = (size_t)l->c->size;
    // Arrays are whole cache lines, so that the last vector may reach beyond n.
    for (size_t i = 0; i < n; i += 8) {
        __m256 x = _mm256_loadu_ps(a + i), v;
        if (l->arguments == 2)
            v = ((narrow_2)l->function)(x, _mm256_loadu_ps(b + i));
        else
            v = ((narrow_1)l->function)(x);
        _mm256_storeu_ps(l->y + i, v);
    }
}

static void *find(const vector_library *l, size_t f)
{
    char name[64];
    const char *arguments = functions[f].arguments == 2 ? "vv" : "v";
    if (l->sleef)
        snprintf(name, sizeof name, "Sleef_%sf%s_%s%s", functions[f].c_name, l->wide ? "16" : "8",
                 functions[f].bound, l->wide ? "avx512f" : "avx2");
    else
        snprintf(name, sizeof name, "_ZGV%s%s_%sf", l->wide ? "eN16" : "dN8", arguments,
                 functions[f].c_name);
    return dlsym(l->library, name);
}

static bool prepare(void *state, const harness_case *c, bench_candidate *out)
{
    vector_library *l = state;
    if (strcmp(c->group, "elementwise") || c->out.dtype != WEIR_F32)
        return false;
    for (size_t f = 0; f < sizeof functions / sizeof *functions; f++) {
        if (strcmp(functions[f].op, c->op_name))
            continue;
        l->function = find(l, f);
        l->arguments = functions[f].arguments;
        l->c = c;
        l->y = l->function ? bench_try_memory((size_t)c->size * sizeof(float)) : NULL;
        out->run = l->wide ? run_wide : run_narrow;
        out->arg = l;
        return l->y != NULL;
    }
    return false;
}

static const void *result(void *state, const harness_case *c)
{
    (void)c;
    return ((vector_library *)state)->y;
}

static void finish(void *state)
{
    vector_library *l = state;
    free(l->y);
    l->y = NULL;
}

void peers_join_vector(harness *h)
{
    static vector_library libraries[2];
    static const char *const files[] = {"libmvec.so.1", "libsleef.so.3"},
                             *const keys[] = {"libmvec", "sleef"},
                             *const names[] = {"libmvec", "SLEEF"};
    bool narrow = h->options.isa && strcmp(h->options.isa, "avx512");
    bool wide = !narrow && __builtin_cpu_supports("avx512f");
    if (!wide && !__builtin_cpu_supports("avx2"))
        return;
    for (size_t i = 0; i < 2; i++) {
        vector_library *l = &libraries[i];
        *l = (vector_library){
            .library = dlopen(files[i], RTLD_NOW | RTLD_LOCAL), .sleef = i == 1, .wide = wide};
        if (!l->library) {
            harness_note(h, "absent: %s (%s)", names[i], files[i]);
            continue;
        }
        // Functions, not a runtime: they have one thread whatever the others have, so that they are
        // shown, and compared (libmvec_ratio) where everybody has one.
        harness_contender c = {.key = keys[i],
                               .role = HARNESS_OTHER,
                               .state = l,
                               .prepare = prepare,
                               .result = result,
                               .finish = finish};
        snprintf(c.name, sizeof c.name, "%s", names[i]);
        snprintf(c.version, sizeof c.version, "%s, %s, one thread",
                 i == 0 ? gnu_get_libc_version() : "3", wide ? "AVX-512" : "AVX2");
        harness_join(h, &c);
    }
}
#else
void peers_join_vector(harness *h)
{
    harness_note(h, "absent: libmvec and SLEEF, which are called on x86-64 alone");
}
#endif
