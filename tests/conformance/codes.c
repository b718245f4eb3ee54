// SPDX-License-Identifier: Apache-2.0
// All 65,536 codes of f16 and of bf16, to f32 and f64 and back on every target: the same codes, of
// a NaN some NaN; and on the way the value that the code stands for.
#include "tests/conformance/conformance.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum { CODES = 1 << 16 };

static uint16_t codes[CODES], back[CODES];
static double wide[CODES]; // or as many floats

static void cast(target *t, const void *from, weir_dtype a, void *to, weir_dtype b)
{
    const int64_t n = CODES;
    weir_array x = weir_array_dense((void *)(uintptr_t)from, a, 1, &n);
    weir_array y = weir_array_dense(to, b, 1, &n);
    const weir_cast_options options = {.struct_size = sizeof options, .to = (int32_t)b};
    weir_call_options call = {.struct_size = sizeof call, .device = t->device};
    if (weir_run(t->context, WEIR_OP_CAST, &options, &x, 1, &y, 1, &call) != WEIR_OK)
        fail_msg("%s: %s", t->name, weir_message(NULL));
}

// What the code stands for, by its fields.
static double value_of(uint16_t code, int fraction_bits, int bias)
{
    int exponent = (code & 0x7fff) >> fraction_bits, most = 0x7fff >> fraction_bits;
    double fraction = ldexp(code & ((1 << fraction_bits) - 1), -fraction_bits);
    double size = exponent == most ? (fraction > 0 ? NAN : INFINITY)
                  : exponent > 0   ? ldexp(1 + fraction, exponent - bias)
                                   : ldexp(fraction, 1 - bias);
    return copysign(size, code & 0x8000 ? -1 : 1);
}

static size_t round_trip(target *t, weir_dtype narrow, weir_dtype through)
{
    size_t wrong = 0;
    cast(t, codes, narrow, wide, through);
    cast(t, wide, through, back, narrow);
    for (uint32_t i = 0; i < CODES; i++) {
        double want = narrow == WEIR_F16 ? value_of(codes[i], 10, 15) : value_of(codes[i], 7, 127);
        double value = through == WEIR_F64 ? wide[i] : (double)((float *)wide)[i];
        bool same_value =
            isnan(want) ? isnan(value) : value == want && signbit(value) == signbit(want);
        if (same_value && same_bits(codes[i], back[i], narrow))
            continue;
        if (wrong++ < 5)
            print_error("%s: code 0x%04x of %s is %a as %s and comes back as 0x%04x\n", t->name,
                        codes[i], weir_dtype_name(narrow), value, weir_dtype_name(through),
                        back[i]);
    }
    return wrong;
}

static void test_all_codes(void **state)
{
    static const weir_dtype narrow[] = {WEIR_F16, WEIR_BF16}, through[] = {WEIR_F32, WEIR_F64};
    size_t wrong = 0;
    (void)state;
    for (uint32_t i = 0; i < CODES; i++)
        codes[i] = (uint16_t)i;
    for (size_t t = 0; t < target_count; t++)
        for (size_t k = 0; k < 4; k++)
            wrong += round_trip(&targets[t], narrow[k / 2], through[k % 2]);
    print_message("%d codes of two dtypes through two others on %zu targets\n", CODES,
                  target_count);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_codes)};
    return cmocka_run_group_tests_name("codes", tests, targets_open, targets_close);
}
