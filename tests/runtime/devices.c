// SPDX-License-Identifier: Apache-2.0
// The real devices of this machine through the public interface: found, proved, used, closed, and
// all host memory given back (leak detection cannot see into drivers that have been unloaded).
#include "tests/runtime/check.h"

#include <stdatomic.h>
#include <stdlib.h>

static _Atomic long held;

static void *lend(void *user, size_t bytes)
{
    (void)user;
    atomic_fetch_add(&held, (long)bytes);
    return aligned_alloc(64, (bytes + 63) / 64 * 64);
}

static void take_back(void *user, void *memory, size_t bytes)
{
    (void)user;
    atomic_fetch_sub(&held, (long)bytes);
    free(memory);
}

static weir_context *context_with(const weir_allocator *allocator)
{
    weir_context_options o = {.struct_size = sizeof o,
                              .flags = WEIR_CONTEXT_NO_PROFILE | WEIR_CONTEXT_NO_ENVIRONMENT,
                              .allocator = allocator};
    weir_context *c = NULL;
    check_ok(weir_context_create(&o, &c));
    check_ok(weir_devices_wait(c, WEIR_FOREVER));
    return c;
}

static void required_backends_are_here(void **state)
{
    (void)state;
    const char *required = getenv("WEIR_TEST_REQUIRE"), *backend, *why;
    weir_context *c = context_with(NULL);
    for (size_t i = 0; weir_backend_absent(c, i, &backend, &why); i++) {
        printf("SKIP %s: %s\n", backend, why);
        assert_true(strlen(why) > 0);
        if (required && strstr(required, backend))
            fail_msg("%s is required here: %s", backend, why);
    }
    weir_context_destroy(c);
}

static void every_device_passes_its_self_test(void **state)
{
    (void)state;
    weir_context *c = context_with(NULL);
    for (size_t i = 0; i < weir_device_count(c); i++) {
        weir_device_info info;
        check_ok(weir_device_get(c, i, &info));
        check_ok(weir_device_verify(c, info.id));
        check_ok(weir_device_get(c, i, &info));
        printf("%-10s %s\n", info.id, info.verdict);
        assert_string_equal(info.verdict, "identical");
    }
    weir_context_destroy(c);
}

static void use(weir_context *c, const char *id)
{
    enum { N = 3000 };
    float x[N], y[N];
    fill(x, N);
    weir_array in = vector(x, N), out = vector(y, N);
    weir_call_options call = {.struct_size = sizeof call, .device = id};
    check_ok(weir_run(c, WEIR_OP_NEG, NULL, &in, 1, &out, 1, &call));
    assert_true(y[N - 1] == -x[N - 1]);
    int64_t square[2] = {30, 30};
    weir_array pair[2] = {weir_array_dense(x, WEIR_F32, 2, square),
                          weir_array_dense(x, WEIR_F32, 2, square)};
    weir_array product = weir_array_dense(y, WEIR_F32, 2, square);
    check_ok(weir_run(c, WEIR_OP_MATMUL, NULL, pair, 2, &product, 1, &call));
    weir_tensor *t, *u;
    weir_stream *s;
    check_ok(weir_stream_create(c, &s));
    check_ok(weir_tensor_wrap(c, &in, &t));
    check_ok(weir_tensor_create(c, &in, &u));
    check_ok(weir_submit(s, WEIR_OP_NEG, NULL, &t, 1, &u, 1, &call));
    check_ok(weir_submit(s, WEIR_OP_NEG, NULL, &u, 1, &u, 1, &call)); // in place
    check_ok(weir_tensor_read(u, &out));
    assert_memory_equal(x, y, sizeof x);
    weir_tensor_release(t);
    weir_tensor_release(u);
    weir_stream_release(s);
}

static void memory_is_given_back(void **state)
{
    (void)state;
    weir_allocator allocator = {lend, take_back, NULL};
    weir_context *c = context_with(&allocator);
    for (size_t i = 0; i < weir_device_count(c); i++) {
        weir_device_info info;
        check_ok(weir_device_get(c, i, &info));
        use(c, info.id);
    }
    weir_context_destroy(c);
    assert_int_equal(atomic_load(&held), 0);
}

// Joined, mirrored beyond its edges and made smaller, in bytes of odd counts, without leaving the
// device: what is written in parts is whole for whoever comes next.
static void image_chain(weir_context *c, const char *id, uint8_t got[35])
{
    uint8_t pixels[5 * 7];
    int64_t shape[] = {5, 7}, joined[] = {10, 7}, padded[] = {13, 12}, small[] = {5, 7},
            four[] = {4};
    int64_t pads[] = {2, 3, 1, 2};
    weir_pad_options reflect = {.struct_size = sizeof reflect, .mode = 1};
    weir_resize_bilinear_options size = {.struct_size = sizeof size, .n_sizes = 2, .sizes = {5, 7}};
    weir_call_options call = {.struct_size = sizeof call, .device = id};
    for (int i = 0; i < 5 * 7; i++)
        pixels[i] = (uint8_t)(i * 73 + 11);
    const weir_array arrays[] = {
        weir_array_dense(pixels, WEIR_U8, 2, shape), weir_array_dense(pads, WEIR_S64, 1, four),
        weir_array_dense(NULL, WEIR_U8, 2, joined), weir_array_dense(NULL, WEIR_U8, 2, padded),
        weir_array_dense(NULL, WEIR_U8, 2, small)};
    weir_array out = weir_array_dense(got, WEIR_U8, 2, small);
    weir_tensor *t[5];
    weir_stream *s;
    check_ok(weir_stream_create(c, &s));
    for (int i = 0; i < 5; i++)
        check_ok((i < 2 ? weir_tensor_wrap : weir_tensor_create)(c, &arrays[i], &t[i]));
    check_ok(
        weir_submit(s, WEIR_OP_CONCAT, NULL, (weir_tensor *[]){t[0], t[0]}, 2, &t[2], 1, &call));
    check_ok(
        weir_submit(s, WEIR_OP_PAD, &reflect, (weir_tensor *[]){t[2], t[1]}, 2, &t[3], 1, &call));
    check_ok(weir_submit(s, WEIR_OP_RESIZE_BILINEAR, &size, &t[3], 1, &t[4], 1, &call));
    check_ok(weir_tensor_read(t[4], &out));
    check_ok(weir_stream_wait(s, WEIR_FOREVER));
    for (int i = 0; i < 5; i++)
        weir_tensor_release(t[i]);
    weir_stream_release(s);
}

static void parts_stay_on_the_device(void **state)
{
    uint8_t want[35], got[35];
    (void)state;
    weir_context *c = context_with(NULL);
    image_chain(c, "cpu", want);
    for (size_t i = 1; i < weir_device_count(c); i++) {
        weir_device_info info;
        check_ok(weir_device_get(c, i, &info));
        image_chain(c, info.id, got);
        assert_memory_equal(got, want, sizeof want);
    }
    weir_context_destroy(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(required_backends_are_here),
        cmocka_unit_test(every_device_passes_its_self_test),
        cmocka_unit_test(parts_stay_on_the_device),
        cmocka_unit_test(memory_is_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
