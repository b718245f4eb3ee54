// SPDX-License-Identifier: Apache-2.0
// Cutting a call into pieces: on a device of a few bytes, each piece run by the CPU, the outcome is
// that of the whole.
#include "runtime/pieces.h"
#include "tests/conformance/conformance.h"

#include <stdlib.h>
#include <string.h>

typedef struct runner {
    weir_context *context;
    const problem *p;
    size_t pieces, most;
} runner;

static weir_status run_piece(void *user, const w_piece *piece)
{
    runner *r = user;
    r->pieces++;
    for (uint32_t o = 0; o < r->p->op->n_out; o++)
        r->most = W_MAX(r->most, (size_t)w_array_count(&piece->out[o]));
    return weir_run(r->context, r->p->op->number, r->p->options, piece->in, r->p->n_in, piece->out,
                    r->p->op->n_out, NULL);
}

static void check(weir_context *context, const w_op *op, size_t combination, size_t shape)
{
    problem p;
    w_desc desc;
    char text[128];
    const w_device small = {.max_alloc = 256, .info = {.memory = 4096}};
    problem_make(&p, op, combination, shape, test_seed());
    if (p.refused) {
        problem_free(&p);
        return;
    }
    assert_int_equal(
        w_describe(op, p.options, p.in_views, p.n_in, p.out_views, op->n_out, false, &desc),
        WEIR_OK);
    assert_int_equal(
        weir_run(context, op->number, p.options, p.in_views, p.n_in, p.out_views, op->n_out, NULL),
        WEIR_OK);
    uint64_t *whole = take_bits(&p);
    for (uint32_t o = 0; o < op->n_out; o++)
        held_reset(&p.out[o]);
    runner r = {context, &p, 0, 0};
    if (w_pieces_needed(&small, &desc, p.in_views, p.n_in, p.out_views, op->n_out)) {
        assert_int_equal(
            w_pieces_run(&small, &desc, p.in_views, p.n_in, p.out_views, op->n_out, run_piece, &r),
            WEIR_OK);
        // A row stays whole, and there may be one alone.
        assert_true(r.pieces > 0 && (op->family != W_MAP || (r.pieces > 1 && r.most <= 256)));
        if (different(&p, whole, text))
            fail_msg("%s in %zu pieces: %s", p.label, r.pieces, text);
        for (uint32_t o = 0; o < op->n_out; o++)
            assert_int_equal(held_damage(&p.out[o]), 0);
    }
    free(whole);
    problem_free(&p);
}

static void test_pieces_make_the_whole(void **state)
{
    static const char *const names[] = {"add",
                                        "where",
                                        "max",
                                        "clamp",
                                        "quantize_linear",
                                        "normalize",
                                        "rgba_to_gray",
                                        "rgb_to_gray",
                                        "reduce_sum",
                                        "reduce_max",
                                        "argmax",
                                        "reduce_var",
                                        "mse",
                                        "dot",
                                        "softmax",
                                        "layer_norm",
                                        "z_score",
                                        "cross_entropy",
                                        "matmul",
                                        "gemm",
                                        "matmul_integer",
                                        "linear"};
    weir_context_options options = {.struct_size = sizeof options, .flags = WEIR_CONTEXT_CPU_ONLY};
    weir_context *context;
    (void)state;
    assert_int_equal(weir_context_create(&options, &context), WEIR_OK);
    for (size_t i = 0; i < W_COUNT(names); i++) {
        const w_op *op = w_op_get(weir_op_find(names[i]));
        for (size_t c = 0; c < W_MIN(combination_count(op), (size_t)4); c++)
            for (size_t s = 0; !shape_is_size(op->family, s); s++)
                check(context, op, c, s);
    }
    weir_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pieces_make_the_whole)};
    return cmocka_run_group_tests_name("pieces", tests, NULL, NULL);
}
