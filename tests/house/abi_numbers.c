// SPDX-License-Identifier: Apache-2.0
// Prints every number of the public interface: statuses, dtypes, operations, attributes.
#include <weir/weir.h>

#include <stdio.h>
#include <string.h>

int main(void)
{
    weir_op ops[1024];
    for (int s = 0; strcmp(weir_status_name((weir_status)s), "WEIR_STATUS_?"); s++)
        printf("status %d %s\n", s, weir_status_name((weir_status)s));
    for (int d = 0; strcmp(weir_dtype_name((weir_dtype)d), "?"); d++)
        printf("dtype %d %s %zu\n", d, weir_dtype_name((weir_dtype)d),
               weir_dtype_size((weir_dtype)d));
    size_t n = weir_op_list(ops, 1024);
    for (size_t i = 0; i < n; i++) {
        weir_op_info info;
        if (weir_op_describe(ops[i], &info) != WEIR_OK)
            return 1;
        printf("op %u %s\n", ops[i], info.name);
        for (uint32_t a = 0; a < info.attributes; a++) {
            const char *name, *kind, *value;
            if (weir_op_attribute(ops[i], a, &name, &kind, &value) != WEIR_OK)
                return 1;
            printf("attribute %u.%u %s.%s %s %s\n", ops[i], a, info.name, name, kind, value);
        }
    }
    return 0;
}
