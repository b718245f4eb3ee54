// SPDX-License-Identifier: Apache-2.0
// The mean square of tanh(x + bias) over each row, in one pass over x.
#include <stdio.h>
#include <weir/weir.h>

static weir_status build(weir_context *context, weir_expr **e)
{
    weir_node x, bias, sum, y, squares, mean;
    const weir_reduce_mean_options rows = {.struct_size = sizeof rows, .n_axes = 1, .axes = {-1}};
    weir_status s = weir_expr_create(context, e);
    if (s == WEIR_OK)
        s = weir_expr_input(*e, WEIR_F32, &x);
    if (s == WEIR_OK)
        s = weir_expr_input(*e, WEIR_F32, &bias);
    if (s == WEIR_OK)
        s = weir_expr_op(*e, WEIR_OP_ADD, NULL, (weir_node[]){x, bias}, 2, &sum);
    if (s == WEIR_OK)
        s = weir_expr_op(*e, WEIR_OP_TANH, NULL, &sum, 1, &y);
    if (s == WEIR_OK)
        s = weir_expr_op(*e, WEIR_OP_SQUARE, NULL, &y, 1, &squares);
    if (s == WEIR_OK)
        s = weir_expr_op(*e, WEIR_OP_REDUCE_MEAN, &rows, &squares, 1, &mean);
    return s == WEIR_OK ? weir_expr_output(*e, mean) : s;
}

int main(void)
{
    weir_context *context;
    weir_expr *e = NULL;
    weir_status s = weir_context_create(NULL, &context);
    if (s != WEIR_OK) {
        fprintf(stderr, "%s: %s\n", weir_status_name(s), weir_message(NULL));
        return 1;
    }
    float in[6] = {0, 1, 2, -1, -2, -3}, shift[3] = {1, 0, -1}, out[2];
    weir_array arrays[] = {weir_array_dense(in, WEIR_F32, 2, (int64_t[]){2, 3}),
                           weir_array_dense(shift, WEIR_F32, 1, (int64_t[]){3})};
    weir_array y = weir_array_dense(out, WEIR_F32, 2, (int64_t[]){2, 1}); // keepdims is the default
    s = build(context, &e);
    if (s == WEIR_OK)
        s = weir_expr_run(e, arrays, 2, &y, NULL);
    if (s == WEIR_OK)
        printf("%.9g %.9g\n", out[0], out[1]);
    else
        fprintf(stderr, "%s: %s\n", weir_status_name(s), weir_message(context));
    weir_expr_release(e);
    weir_context_destroy(context);
    return s != WEIR_OK;
}
