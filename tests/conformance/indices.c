// SPDX-License-Identifier: Apache-2.0
// A gather's indices out of range: refused where the host holds them, zeros where a device does.
// And a binary image made on one device: its threshold, and the image above it.
#include "tests/conformance/conformance.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = 5, COLUMNS = 3, N = 6 };

static const int32_t bad[N] = {0, -5, 5, 4, -6, 1};

static weir_tensor *tensor(weir_context *c, weir_dtype dtype, int32_t rank, const int64_t *shape,
                           const void *from)
{
    weir_array a = weir_array_dense((void *)from, dtype, rank, shape);
    weir_tensor *t = NULL;
    assert_int_equal(weir_tensor_create(c, &a, &t), WEIR_OK);
    if (from)
        assert_int_equal(weir_tensor_write(t, &a), WEIR_OK);
    return t;
}

static void check_refusal(weir_status status, const char *value, const char *place)
{
    assert_string_equal(weir_status_name(status), weir_status_name(WEIR_INVALID_ARGUMENT));
    assert_non_null(strstr(weir_message(NULL), value));
    assert_non_null(strstr(weir_message(NULL), place));
    assert_non_null(strstr(weir_message(NULL), "-5..4"));
}

static void test_arrays_are_refused(void **state)
{
    const int64_t shape[] = {ROWS, COLUMNS}, at[] = {2, 3}, out_shape[] = {2, 3, COLUMNS};
    float data[ROWS * COLUMNS] = {1}, y[N * COLUMNS], untouched[N * COLUMNS];
    int64_t wide[N];
    (void)state;
    for (int i = 0; i < N; i++)
        wide[i] = bad[i];
    memset(untouched, 0x5a, sizeof untouched);
    for (size_t t = 0; t < target_count; t++)
        for (int s64 = 0; s64 < 2; s64++) {
            weir_call_options call = {.struct_size = sizeof call, .device = targets[t].device};
            weir_array in[] = {weir_array_dense(data, WEIR_F32, 2, shape),
                               weir_array_dense((void *)bad, WEIR_S32, 2, at)};
            weir_array out = weir_array_dense(y, WEIR_F32, 3, out_shape);
            if (s64)
                in[1] = weir_array_dense(wide, WEIR_S64, 2, at);
            memset(y, 0x5a, sizeof y);
            check_refusal(weir_run(targets[t].context, WEIR_OP_GATHER, NULL, in, 2, &out, 1, &call),
                          "indices[0,2] is 5", "5 elements");
            assert_memory_equal(y, untouched, sizeof y);
            // The last index that a walk over the strides comes to.
            int64_t last = INT64_MIN;
            in[1] = weir_array_dense(&last, WEIR_S64, 0, NULL);
            out = weir_array_dense(y, WEIR_F32, 1, &out_shape[2]);
            check_refusal(weir_run(targets[t].context, WEIR_OP_GATHER, NULL, in, 2, &out, 1, &call),
                          "indices[] is -9223372036854775808", "5 elements");
        }
}

// What the bad indices make of 1, 2, 3, ...: rows 0, 0, none, 4, none, 1.
static void check_zeros(weir_tensor *t, const char *where)
{
    static const int row[N] = {0, 0, -1, 4, -1, 1};
    const int64_t shape[] = {N, COLUMNS};
    float y[N * COLUMNS];
    weir_array a = weir_array_dense(y, WEIR_F32, 2, shape);
    assert_int_equal(weir_tensor_read(t, &a), WEIR_OK);
    for (int i = 0; i < N * COLUMNS; i++) {
        int from = row[i / COLUMNS];
        float want = from < 0 ? 0 : (float)(from * COLUMNS + i % COLUMNS + 1);
        if (y[i] != want)
            fail_msg("%s: element %d is %g, not %g", where, i, (double)y[i], (double)want);
    }
}

static weir_status submit(weir_stream *s, weir_op op, weir_tensor *a, weir_tensor *b,
                          weir_tensor *y, const char *device)
{
    weir_call_options call = {.struct_size = sizeof call, .device = device};
    weir_tensor *in[] = {a, b};
    weir_status status = weir_submit(s, op, NULL, in, b ? 2 : 1, &y, 1, &call);
    weir_status later = weir_stream_wait(s, WEIR_FOREVER);
    return status == WEIR_OK ? later : status;
}

static void test_tensors(void **state)
{
    const int64_t shape[] = {ROWS, COLUMNS}, n = N, out_shape[] = {N, COLUMNS};
    float data[ROWS * COLUMNS];
    int32_t zeros[N] = {0};
    (void)state;
    for (int i = 0; i < ROWS * COLUMNS; i++)
        data[i] = (float)(i + 1);
    for (size_t t = 0; t < target_count; t++) {
        weir_context *c = targets[t].context;
        const char *device = targets[t].device;
        weir_stream *s;
        assert_int_equal(weir_stream_create(c, &s), WEIR_OK);
        weir_tensor *x = tensor(c, WEIR_F32, 2, shape, data),
                    *zero = tensor(c, WEIR_S32, 1, &n, zeros);
        weir_tensor *host = tensor(c, WEIR_S32, 1, &n, bad),
                    *made = tensor(c, WEIR_S32, 1, &n, NULL);
        weir_tensor *y = tensor(c, WEIR_F32, 2, out_shape, NULL);
        check_refusal(submit(s, WEIR_OP_GATHER, x, host, y, device), "indices[2] is 5",
                      "5 elements");
        weir_tensor_release(y);
        y = tensor(c, WEIR_F32, 2, out_shape, NULL);
        assert_int_equal(submit(s, WEIR_OP_ADD, host, zero, made, device), WEIR_OK);
        if (strcmp(device, "cpu")) { // the sum is on the device alone
            assert_int_equal(submit(s, WEIR_OP_GATHER, x, made, y, device), WEIR_OK);
            check_zeros(y, targets[t].name);
            assert_int_equal(submit(s, WEIR_OP_GATHER, x, made, y, "cpu"), WEIR_OK);
            check_zeros(y, "the CPU");
        }
        check_refusal(submit(s, WEIR_OP_GATHER, x, made, y, "cpu"), "indices[2] is 5",
                      "5 elements");
        weir_stream_release(s);
        weir_tensor *all[] = {x, zero, host, made, y};
        for (size_t i = 0; i < W_COUNT(all); i++)
            weir_tensor_release(all[i]);
    }
}

// An image with two hills of gray, larger than the parts in which devices count.
static void test_binary_image(void **state)
{
    enum { HEIGHT = 230, WIDTH = 150 };
    const int64_t shape[] = {HEIGHT, WIDTH};
    static uint8_t image[HEIGHT * WIDTH], black[HEIGHT * WIDTH];
    random_state r = test_seed();
    double sum[256] = {0}, count[256] = {0}, most = -1;
    uint8_t want = 0, got;
    (void)state;
    for (int i = 0; i < HEIGHT * WIDTH; i++) {
        uint32_t hill = 0;
        for (int k = 0; k < 8; k++)
            hill += random_below(&r, 12);
        image[i] = (uint8_t)(hill + (random_below(&r, 3) ? 30 : 110));
        count[image[i]]++;
        sum[image[i]] += image[i];
    }
    // The variance of Otsu's article, in doubles: here no two are close.
    for (int t = 0; t < 256; t++) {
        double n[2] = {0}, s[2] = {0};
        for (int v = 0; v < 256; v++) {
            n[v > t] += count[v];
            s[v > t] += sum[v];
        }
        double apart = n[0] > 0 && n[1] > 0 ? s[1] / n[1] - s[0] / n[0] : 0;
        if (n[0] * n[1] * apart * apart > most * (1 + 1e-12)) {
            most = n[0] * n[1] * apart * apart;
            want = (uint8_t)t;
        }
    }
    for (size_t t = 0; t < target_count; t++) {
        weir_context *c = targets[t].context;
        const char *device = targets[t].device;
        weir_stream *s;
        assert_int_equal(weir_stream_create(c, &s), WEIR_OK);
        weir_tensor *x = tensor(c, WEIR_U8, 2, shape, image),
                    *y = tensor(c, WEIR_U8, 2, shape, NULL);
        weir_tensor *level = tensor(c, WEIR_U8, 0, NULL, NULL);
        weir_array value = weir_array_dense(&got, WEIR_U8, 0, NULL);
        weir_array pixels = weir_array_dense(black, WEIR_U8, 2, shape);
        assert_int_equal(submit(s, WEIR_OP_OTSU_THRESHOLD, x, NULL, level, device), WEIR_OK);
        assert_int_equal(submit(s, WEIR_OP_THRESHOLD_AT, x, level, y, device), WEIR_OK);
        assert_int_equal(weir_tensor_read(level, &value), WEIR_OK);
        assert_int_equal(weir_tensor_read(y, &pixels), WEIR_OK);
        assert_int_equal(got, want);
        for (int i = 0; i < HEIGHT * WIDTH; i++)
            assert_int_equal(black[i], image[i] > want ? 255 : 0);
        weir_stream_release(s);
        weir_tensor_release(x);
        weir_tensor_release(y);
        weir_tensor_release(level);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arrays_are_refused),
        cmocka_unit_test(test_tensors),
        cmocka_unit_test(test_binary_image),
    };
    return cmocka_run_group_tests_name("indices", tests, targets_open, targets_close);
}
