// SPDX-License-Identifier: Apache-2.0
//
// Building blocks of the formulas in the scalar dialect, among them the exact division and square
// root that devices use whose own are not correctly rounded.
#include "backends/cpu/scalar/vec.h"

// These are given estimates that are up to 7 ulp wrong, on top of their own half.
static inline w_f disturb(w_f estimate)
{
    w_u noise = w_mulhi(w_bits(estimate) * W_U(2654435769u), W_U(15u)); // 0 to 14
    return w_from_bits(w_bits(estimate) + noise - W_U(7u));
}
static inline w_f w_div_native(w_f a, w_f b)
{
    return disturb(w_div(a, b));
}
static inline w_f w_sqrt_native(w_f a)
{
    return disturb(w_sqrt(a));
}
#define W_EXACT_DIV
#include "lib/exact.h"

#include "bench/ulp.h"

#define PART(name, ...)                                                  \
    static void run_##name(const float *const *in, float *out, size_t n) \
    {                                                                    \
        for (size_t i = 0; i < n; i += W_WIDTH)                          \
            w_storef(out + i, __VA_ARGS__);                              \
    }
#define ARGUMENT(k) w_loadf(in[k] + i)

PART(rint, w_rint(ARGUMENT(0)))
PART(fma, w_fma(ARGUMENT(0), ARGUMENT(1), ARGUMENT(2)))
PART(div_exact, w_div_exact(ARGUMENT(0), ARGUMENT(1)))
PART(sqrt_exact, w_sqrt_exact(ARGUMENT(0)))

const ulp_part ulp_parts[] = {
    {"rint", "rint", 1, run_rint},
    {"fma", "fma", 3, run_fma},
    {"div_exact", "div", 2, run_div_exact},
    {"sqrt_exact", "sqrt", 1, run_sqrt_exact},
};
const size_t ulp_part_count = sizeof ulp_parts / sizeof *ulp_parts;
