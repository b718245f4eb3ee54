// SPDX-License-Identifier: Apache-2.0
// Compiles as C and as C++; prints the version and the product of two small matrices' sum.
#include <weir/weir.h>

#include <stdio.h>

int main(void)
{
    float a[6] = {1, 2, 3, 4, 5, 6}, y[4] = {0};
    int64_t ashape[2] = {2, 3}, yshape[2] = {2, 2};
    weir_matmul_options options = {};
    weir_context_options context_options = {};
    weir_context *context = NULL;
    context_options.struct_size = sizeof context_options;
    context_options.flags = WEIR_CONTEXT_CPU_ONLY | WEIR_CONTEXT_NO_PROFILE;
    options.struct_size = sizeof options;
    options.trans_b = 1;
    if (weir_context_create(&context_options, &context) != WEIR_OK) {
        fprintf(stderr, "%s\n", weir_message(NULL));
        return 1;
    }
    weir_array x = weir_array_dense(a, WEIR_F32, 2, ashape);
    weir_array out = weir_array_dense(y, WEIR_F32, 2, yshape);
    weir_status status = weir_matmul(context, &options, &x, &x, NULL, &out);
    printf("%s %s %g %g %g %g\n", weir_version(), weir_status_name(status), y[0], y[1], y[2], y[3]);
    weir_context_destroy(context);
    return status != WEIR_OK;
}
