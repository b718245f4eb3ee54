// SPDX-License-Identifier: Apache-2.0
// What the host lends, and Weir's own where it lends nothing.
#include "runtime/base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *own_allocate(void *user, size_t bytes)
{
    (void)user;
    // aligned_alloc wants a multiple of the alignment.
    return bytes > SIZE_MAX - 64 ? NULL : aligned_alloc(64, (bytes + 64) / 64 * 64);
}

static void own_release(void *user, void *memory, size_t bytes)
{
    (void)user;
    (void)bytes;
    free(memory);
}

void w_host_init(w_host *host, const weir_allocator *allocator, weir_log_fn log, void *log_user)
{
    *host =
        (w_host){.allocator = {own_allocate, own_release, NULL}, .log = log, .log_user = log_user};
    if (allocator)
        host->allocator = *allocator;
}

void *w_alloc(const w_host *host, size_t bytes)
{
    void *memory = host->allocator.allocate(host->allocator.user, bytes ? bytes : 1);
    if (!memory)
        w_fail(WEIR_OUT_OF_MEMORY, "the host has no %zu bytes left", bytes);
    return memory;
}

void *w_alloc_zeroed(const w_host *host, size_t bytes)
{
    void *memory = w_alloc(host, bytes);
    if (memory)
        memset(memory, 0, bytes);
    return memory;
}

void w_release(const w_host *host, void *memory, size_t bytes)
{
    if (memory)
        host->allocator.release(host->allocator.user, memory, bytes ? bytes : 1);
}

void w_log(const w_host *host, const char *format, ...)
{
    if (!host->log)
        return;
    char line[512];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    host->log(host->log_user, line);
}
