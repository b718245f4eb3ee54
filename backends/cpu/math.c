// SPDX-License-Identifier: Apache-2.0
//
// MAP in f64 of what has no formula of its own there: the C library's functions (math_f64.h), an
// element at a time.
#include "backends/cpu/cpu.h"
#include "backends/cpu/math_f64.h"

// Only its conversions and lists are used: an element at a time.
#define IN_CLASS_F64
#define W_BYTES 8
#include "backends/cpu/loops/lanes.h"

#include "backends/cpu/loops/convert.inc"

#define W_NO_FORMULAS
#include "formulas_f64.h"

static void run(const char *name, const void *const *in, uint32_t n_in, void *out, size_t n,
                const float *attr)
{
    w_math_f64_fn *fn = w_math_f64_find(name);
    double x[W_MAX_IN], a[W_MAX_ATTR], *y = out;
    for (int k = 0; k < W_MAX_ATTR; k++)
        a[k] = attr[k];
    for (size_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < n_in; k++)
            x[k] = ((const double *)in[k])[i];
        y[i] = fn(x, a);
    }
}

#define MATH_FN(number, name)                                                          \
    static void math_##name(const void *const *in, uint32_t n_in, void *out, size_t n, \
                            const float *attr)                                         \
    {                                                                                  \
        run(#name, in, n_in, out, n, attr);                                            \
    }
W_MATH_LIST(MATH_FN)

#define MATH_ENTRY(number, name) [number] = math_##name,
static w_map_fn *const math_fns[] = {W_MATH_LIST(MATH_ENTRY)};

const w_map_table w_map_math_table = {.fns = math_fns,
                                      .count = W_COUNT(math_fns),
                                      .convert = converts,
                                      .size = sizeof(double),
                                      .own = WEIR_F64};

w_loop w_map_math;
void w_map_math(const w_args *args, const w_cpu_par *par)
{
    w_map_run(args, par, &w_map_math_table);
}
