// SPDX-License-Identifier: Apache-2.0
// cc first.c -lweir && ./a.out
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
    float in[6] = {-4, -2, -1, 0, 1, 2}, out[6];
    weir_array x = weir_array_dense(in, WEIR_F32, 2, (int64_t[]){2, 3});
    weir_array y = weir_array_dense(out, WEIR_F32, 2, (int64_t[]){2, 3});
    status = weir_sigmoid(context, &x, &y);
    if (status != WEIR_OK)
        fprintf(stderr, "%s: %s\n", weir_status_name(status), weir_message(context));
    for (int i = 0; i < 6 && status == WEIR_OK; i++)
        printf("sigmoid(%g) = %.9g\n", in[i], out[i]);
    weir_devices_wait(context, WEIR_FOREVER);
    for (size_t i = 0; i < weir_device_count(context); i++) {
        weir_device_info info;
        if (weir_device_get(context, i, &info) == WEIR_OK)
            printf("%s: %s\n", info.id, info.name);
    }
    weir_context_destroy(context);
    return status != WEIR_OK;
}
