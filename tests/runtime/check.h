// SPDX-License-Identifier: Apache-2.0
// What every test of the runtime includes: cmocka in its order, and short words for arrays.
#ifndef W_CHECK_H
#define W_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <weir/weir.h>

#include <stdio.h>
#include <string.h>

// Fails with the library's message.
#define check_ok(call)                                                                         \
    do {                                                                                       \
        weir_status check_status = (call);                                                     \
        if (check_status != WEIR_OK)                                                           \
            fail_msg("%s: %s: %s", #call, weir_status_name(check_status), weir_message(NULL)); \
    } while (0)
#define check_status(call, expected) \
    assert_string_equal(weir_status_name(call), weir_status_name(expected))
#define check_message(part)                                                    \
    do {                                                                       \
        if (!strstr(weir_message(NULL), part))                                 \
            fail_msg("\"%s\" does not name \"%s\"", weir_message(NULL), part); \
    } while (0)

static inline weir_array vector(float *data, int64_t n)
{
    return weir_array_dense(data, WEIR_F32, 1, &n);
}

static inline void fill(float *data, size_t n)
{
    for (size_t i = 0; i < n; i++)
        data[i] = (float)((int)(i * 37 % 101) - 50) * 0.125f;
}

#endif
