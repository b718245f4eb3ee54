// SPDX-License-Identifier: Apache-2.0
// A scaled matrix product, then the sigmoid of it, in place.
#include <stdio.h>
#include <weir/weir.h>

int main(void)
{
    weir_context *context;
    weir_status status = weir_context_create(NULL, &context);
    if (status != WEIR_OK) {
        fprintf(stderr, "%s: %s\n", weir_status_name(status), weir_message(NULL));
        return 1;
    }
    float in[6] = {1, 2, 3, 4, 5, 6}, out[4];
    weir_array a = weir_array_dense(in, WEIR_F32, 2, (int64_t[]){2, 3});
    weir_array y = weir_array_dense(out, WEIR_F32, 2, (int64_t[]){2, 2});

    weir_matmul_options options = {.struct_size = sizeof options, .alpha = 0.03125f, .trans_b = 1};
    status = weir_matmul(context, &options, &a, &a, NULL, &y); // y = a a' / 32
    if (status == WEIR_OK)
        status = weir_sigmoid(context, &y, &y);
    if (status == WEIR_OK)
        printf("%.9g %.9g\n%.9g %.9g\n", out[0], out[1], out[2], out[3]);
    else
        fprintf(stderr, "%s: %s\n", weir_status_name(status), weir_message(context));

    weir_context_destroy(context);
    return status != WEIR_OK;
}
