// SPDX-License-Identifier: Apache-2.0
// Packed factors: the bits of products whose weights were laid out beforehand are those of the
// others, in every dtype, way and instruction set; and when the layout is not used.
#include "tests/runtime/check.h"

#include "runtime/ops/op.h"

#include <stdlib.h>

static const char *const isas[] = {"scalar", "avx2", "avx512", "neon"};
static const int64_t shapes[][3] = { // m, k, n
    {1, 300, 200}, {2, 7, 33},     {3, 256, 64}, {5, 1, 17}, {8, 257, 129}, {33, 64, 31},
    {40, 300, 70}, {128, 130, 96}, {70, 5, 300}, {1, 1, 1},  {20, 40, 1},   {300, 270, 45}};

// Values of any dtype that are worth multiplying: bytes for integers, small fractions for floats.
static void fill_any(weir_array *a, uint32_t seed)
{
    static const uint16_t f16[] = {0x3c00, 0xb800, 0x4100, 0x2e66, 0xc2c0, 0x0001, 0x3555};
    static const uint16_t bf16[] = {0x3f80, 0xbf00, 0x4020, 0x3dcd, 0xc058, 0x0001, 0x3eab};
    int64_t n = w_array_count(a);
    for (int64_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        float value = (float)((int)(seed >> 16 & 255) - 128) / 97.0f;
        switch (a->dtype) {
        case WEIR_F32:
            ((float *)a->data)[i] = value;
            break;
        case WEIR_F64:
            ((double *)a->data)[i] = (double)value / 3.0;
            break;
        case WEIR_F16:
            ((uint16_t *)a->data)[i] = f16[(seed >> 20) % 7];
            break;
        case WEIR_BF16:
            ((uint16_t *)a->data)[i] = bf16[(seed >> 20) % 7];
            break;
        default:
            ((uint8_t *)a->data)[i] = (uint8_t)(seed >> 16);
        }
    }
}

static weir_array array_of(weir_dtype dtype, int64_t rows, int64_t columns)
{
    int64_t shape[2] = {rows, columns};
    void *data = calloc((size_t)(rows * columns) + 1, 8);
    assert_non_null(data);
    return weir_array_dense(data, dtype, 2, shape);
}

// One product by plain arrays, and by tensors with the second factor packed.
static void check_product(weir_context *context, weir_op op, const void *options, weir_dtype dtype,
                          const int64_t *shape, bool transposed, weir_dtype out_dtype)
{
    weir_array in[2] = {array_of(dtype, shape[0], shape[1]),
                        transposed ? array_of(dtype, shape[2], shape[1])
                                   : array_of(dtype, shape[1], shape[2])};
    weir_array want = array_of(out_dtype, shape[0], shape[2]);
    weir_array got = array_of(out_dtype, shape[0], shape[2]);
    weir_tensor *tensor[3];
    weir_stream *stream;
    fill_any(&in[0], 1);
    fill_any(&in[1], 2);
    check_ok(weir_run(context, op, options, in, 2, &want, 1, NULL));
    check_ok(weir_tensor_wrap(context, &in[0], &tensor[0]));
    check_ok(weir_tensor_wrap(context, &in[1], &tensor[1]));
    check_ok(weir_tensor_wrap(context, &got, &tensor[2]));
    check_ok(weir_stream_create(context, &stream));
    weir_status status = weir_tensor_pack(tensor[1], op, options);
    if (status != WEIR_UNSUPPORTED || dtype != WEIR_U8)
        assert_int_equal(status, WEIR_OK);
    check_ok(weir_submit(stream, op, options, tensor, 2, &tensor[2], 1, NULL));
    check_ok(weir_stream_wait(stream, WEIR_FOREVER));
    assert_memory_equal(want.data, got.data,
                        (size_t)w_array_count(&want) * weir_dtype_size(out_dtype));
    weir_stream_release(stream);
    for (int i = 0; i < 3; i++)
        weir_tensor_release(tensor[i]);
    free(in[0].data);
    free(in[1].data);
    free(want.data);
    free(got.data);
}

static void check_shape(weir_context *c, const int64_t *shape)
{
    static const weir_dtype floats[] = {WEIR_F32, WEIR_F64, WEIR_F16, WEIR_BF16};
    for (size_t d = 0; d < W_COUNT(floats); d++) {
        weir_matmul_options across = {.struct_size = sizeof across, .trans_b = 1};
        weir_gemm_options scaled = {.struct_size = sizeof scaled, .alpha = 0.75f};
        weir_linear_options relu = {.struct_size = sizeof relu, .activation = WEIR_OP_RELU};
        check_product(c, WEIR_OP_MATMUL, NULL, floats[d], shape, false, floats[d]);
        check_product(c, WEIR_OP_MATMUL, &across, floats[d], shape, true, floats[d]);
        check_product(c, WEIR_OP_GEMM, &scaled, floats[d], shape, false, floats[d]);
        check_product(c, WEIR_OP_LINEAR, &relu, floats[d], shape, true, floats[d]);
    }
    check_product(c, WEIR_OP_MATMUL_INTEGER, NULL, WEIR_U8, shape, false, WEIR_S32);
}

static void test_same_bits(void **state)
{
    (void)state;
    for (size_t i = 0; i < W_COUNT(isas); i++)
        for (uint32_t threads = 1; threads <= 2; threads++) {
            weir_context_options options = {.struct_size = sizeof options,
                                            .flags =
                                                WEIR_CONTEXT_CPU_ONLY | WEIR_CONTEXT_NO_PROFILE,
                                            .threads = threads,
                                            .isa = isas[i]};
            weir_context *context;
            if (weir_context_create(&options, &context) != WEIR_OK) {
                printf("%s: %s\n", isas[i], weir_message(NULL));
                break;
            }
            for (size_t s = 0; s < W_COUNT(shapes); s++)
                check_shape(context, shapes[s]);
            weir_context_destroy(context);
        }
}

// A layout of other values, or of the other orientation, is none.
static void test_stale_layouts(void **state)
{
    (void)state;
    enum { N = 20 };
    static float a[N * N], b[N * N], y[N * N], want[N * N];
    int64_t square[2] = {N, N};
    weir_context_options options = {.struct_size = sizeof options,
                                    .flags = WEIR_CONTEXT_CPU_ONLY | WEIR_CONTEXT_NO_PROFILE};
    weir_matmul_options across = {.struct_size = sizeof across, .trans_b = 1};
    weir_array in[2] = {weir_array_dense(a, WEIR_F32, 2, square),
                        weir_array_dense(b, WEIR_F32, 2, square)};
    weir_array out = weir_array_dense(want, WEIR_F32, 2, square);
    weir_array into = weir_array_dense(y, WEIR_F32, 2, square);
    weir_context *c;
    weir_stream *stream;
    weir_tensor *tensor[3];
    check_ok(weir_context_create(&options, &c));
    check_ok(weir_stream_create(c, &stream));
    fill(a, N * N);
    fill(b, N * N);
    check_ok(weir_tensor_wrap(c, &in[0], &tensor[0]));
    check_ok(weir_tensor_create(c, &in[1], &tensor[1]));
    check_ok(weir_tensor_wrap(c, &into, &tensor[2]));
    check_status(weir_tensor_pack(tensor[1], WEIR_OP_MATMUL, NULL), WEIR_INVALID_ARGUMENT);
    check_message("before it was written");
    check_ok(weir_tensor_write(tensor[1], &in[1]));
    check_ok(weir_tensor_pack(tensor[1], WEIR_OP_MATMUL, NULL));
    for (int round = 0; round < 3; round++) { // packed plainly, used transposed, written anew
        const void *how = round == 1 ? &across : NULL;
        if (round == 2) {
            b[7] = 5;
            check_ok(weir_tensor_write(tensor[1], &in[1]));
        }
        check_ok(weir_run(c, WEIR_OP_MATMUL, how, in, 2, &out, 1, NULL));
        check_ok(weir_submit(stream, WEIR_OP_MATMUL, how, tensor, 2, &tensor[2], 1, NULL));
        check_ok(weir_stream_wait(stream, WEIR_FOREVER));
        assert_memory_equal(y, want, sizeof y);
    }
    check_status(weir_tensor_pack(tensor[1], WEIR_OP_ADD, NULL), WEIR_UNSUPPORTED);
    check_message("add is no product");
    check_status(weir_tensor_pack(tensor[1], WEIR_OP_MATMUL_INTEGER, NULL), WEIR_INVALID_DTYPE);
    check_status(weir_tensor_pack(NULL, WEIR_OP_MATMUL, NULL), WEIR_INVALID_ARGUMENT);
    check_status(weir_tensor_pack(tensor[1], 9999, NULL), WEIR_INVALID_ARGUMENT);
    for (int i = 0; i < 3; i++)
        weir_tensor_release(tensor[i]);
    weir_stream_release(stream);
    weir_context_destroy(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_same_bits),
                                       cmocka_unit_test(test_stale_layouts)};
    return cmocka_run_group_tests_name("packed", tests, NULL, NULL);
}
