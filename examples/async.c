// SPDX-License-Identifier: Apache-2.0
//
// Tensors and a stream: three operations submitted, one wait. The tensor in the middle never comes
// back to the host where a device runs them.
//
//   cc async.c -lweir && ./a.out [DEVICE]
#include <stdio.h>
#include <stdlib.h>
#include <weir/weir.h>

enum { N = 1 << 20 };

static void check(weir_context *context, weir_status status, const char *what)
{
    if (status == WEIR_OK)
        return;
    fprintf(stderr, "%s: %s: %s\n", what, weir_status_name(status), weir_message(context));
    exit(1);
}

static void done(void *user, weir_status status)
{
    printf("%s: %s\n", (const char *)user, weir_status_name(status));
}

static void submit(weir_context *context, weir_stream *stream, weir_tensor *x, weir_tensor *y,
                   weir_tensor *s)
{
    weir_reduce_sum_options flat = {
        .struct_size = sizeof flat, .given = WEIR_REDUCE_SUM_KEEPDIMS, .keepdims = 0};
    check(context, weir_submit(stream, WEIR_OP_EXP, NULL, &x, 1, &y, 1, NULL), "exp");
    check(context, weir_submit(stream, WEIR_OP_SQRT, NULL, &y, 1, &y, 1, NULL), "sqrt");
    check(context, weir_submit(stream, WEIR_OP_REDUCE_SUM, &flat, &y, 1, &s, 1, NULL), "sum");
}

int main(int argc, char **argv)
{
    weir_context_options options = {.struct_size = sizeof options};
    options.device = argc > 1 ? argv[1] : NULL;
    weir_context *context;
    check(NULL, weir_context_create(&options, &context), "context");

    const int64_t n = N;
    float *in = malloc(N * sizeof *in), sum = 0;
    if (!in)
        return 1;
    for (int i = 0; i < N; i++)
        in[i] = (float)i / N;

    weir_array x_host = weir_array_dense(in, WEIR_F32, 1, &n);
    weir_array sum_host = weir_array_dense(&sum, WEIR_F32, 0, NULL);
    weir_tensor *x, *y, *s;
    check(context, weir_tensor_wrap(context, &x_host, &x), "wrap x");
    check(context, weir_tensor_create(context, &x_host, &y), "create y");
    check(context, weir_tensor_wrap(context, &sum_host, &s), "wrap sum");

    weir_stream *stream;
    check(context, weir_stream_create(context, &stream), "stream");
    weir_stats before = {0}, after;
    // The first turn may also compile kernels and test them; in the second, x is where it was used.
    for (int turn = 1; turn <= 2; turn++) {
        weir_stats_get(context, &before);
        submit(context, stream, x, y, s);
        check(context, weir_stream_notify(stream, done, "finished"), "notify");
        check(context, weir_stream_wait(stream, WEIR_FOREVER), "wait");
        check(context, weir_tensor_sync(s), "sync");
    }
    weir_stats_get(context, &after);
    printf("mean of sqrt(exp(x)) over [0, 1): %.7f (exactly 2 (sqrt(e) - 1) = 1.2974425)\n",
           sum / N);
    printf("the second turn: %llu launches, %llu uploads, %llu downloads\n",
           (unsigned long long)(after.launches - before.launches),
           (unsigned long long)(after.uploads - before.uploads),
           (unsigned long long)(after.downloads - before.downloads));
    weir_stream_release(stream);
    weir_tensor_release(s);
    weir_tensor_release(y);
    weir_tensor_release(x);
    weir_context_destroy(context);
    free(in);
    return 0;
}
