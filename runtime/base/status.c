// SPDX-License-Identifier: Apache-2.0
// Statuses, dtypes and the message of a thread's last failure.
#include "runtime/base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const status_names[] = {
    [WEIR_OK] = "WEIR_OK",
    [WEIR_PENDING] = "WEIR_PENDING",
    [WEIR_INVALID_ARGUMENT] = "WEIR_INVALID_ARGUMENT",
    [WEIR_INVALID_SHAPE] = "WEIR_INVALID_SHAPE",
    [WEIR_INVALID_DTYPE] = "WEIR_INVALID_DTYPE",
    [WEIR_OUT_OF_MEMORY] = "WEIR_OUT_OF_MEMORY",
    [WEIR_UNAVAILABLE] = "WEIR_UNAVAILABLE",
    [WEIR_DEVICE_LOST] = "WEIR_DEVICE_LOST",
    [WEIR_DEVICE_FAILED] = "WEIR_DEVICE_FAILED",
    [WEIR_TIMEOUT] = "WEIR_TIMEOUT",
    [WEIR_CANCELLED] = "WEIR_CANCELLED",
    [WEIR_FORKED] = "WEIR_FORKED",
    [WEIR_IO] = "WEIR_IO",
    [WEIR_UNSUPPORTED] = "WEIR_UNSUPPORTED",
};

static const struct {
    const char *name;
    size_t size;
} dtypes[] = {
    [WEIR_DTYPE_NONE] = {"none", 0}, [WEIR_BOOL] = {"bool", 1}, [WEIR_U8] = {"u8", 1},
    [WEIR_S8] = {"s8", 1},           [WEIR_S16] = {"s16", 2},   [WEIR_S32] = {"s32", 4},
    [WEIR_S64] = {"s64", 8},         [WEIR_F16] = {"f16", 2},   [WEIR_BF16] = {"bf16", 2},
    [WEIR_F32] = {"f32", 4},         [WEIR_F64] = {"f64", 8},
};

// Per thread, so that no lock and no other thread's failure comes between. The message of the last
// call that failed stays beside the one that a call in progress makes: it may yet succeed.
static _Thread_local struct {
    char text[2][512];
    bool kept;  // which of them
    bool fresh; // the other was made since
} message;

// A thread that ends with a message unsettled leaves it counted: then all look for theirs.
_Atomic uint32_t w_threads_unsettled;

#define W_TEXT_(x) #x
#define W_TEXT(x)  W_TEXT_(x)

const char *weir_version(void)
{
    return W_TEXT(WEIR_VERSION_MAJOR) "." W_TEXT(WEIR_VERSION_MINOR) "." W_TEXT(WEIR_VERSION_PATCH);
}

const char *weir_status_name(weir_status status)
{
    return (size_t)status < W_COUNT(status_names) ? status_names[status] : "WEIR_STATUS_?";
}

const char *weir_dtype_name(weir_dtype dtype)
{
    return (size_t)dtype < W_COUNT(dtypes) ? dtypes[dtype].name : "?";
}

size_t weir_dtype_size(weir_dtype dtype)
{
    return (size_t)dtype < W_COUNT(dtypes) ? dtypes[dtype].size : 0;
}

weir_status w_fail(weir_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(message.text[!message.kept], sizeof message.text[0], format, args);
    va_end(args);
    if (!message.fresh)
        atomic_fetch_add_explicit(&w_threads_unsettled, 1, memory_order_relaxed);
    message.fresh = true;
    return status;
}

weir_status w_fail_in(weir_status status, const char *prefix)
{
    char old[sizeof message.text[0]];
    memcpy(old, w_message(), sizeof old);
    return w_fail(status, "%s: %.*s", prefix, (int)(sizeof old / 2), old);
}

const char *w_message(void)
{
    return message.text[message.fresh ? !message.kept : message.kept];
}

void w_message_settle_own(bool keep)
{
    if (!message.fresh)
        return;
    atomic_fetch_sub_explicit(&w_threads_unsettled, 1, memory_order_relaxed);
    message.kept ^= keep;
    message.fresh = false;
}

size_t w_unknown_byte(const void *options, size_t known, size_t size)
{
    const char *bytes = options;
    for (size_t i = known; i < size; i++)
        if (bytes[i])
            return i;
    return 0;
}
