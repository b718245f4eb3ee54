// SPDX-License-Identifier: Apache-2.0
//
// Device memory by size class: freed blocks are kept for the next taker, up to a cap, since a
// driver's allocation costs more than a small kernel.
#ifndef W_POOL_H
#define W_POOL_H

#include "runtime/device.h"

enum { W_POOL_CLASSES = 48, W_POOL_KEEP = 8 };

typedef struct w_pool {
    w_device *device;
    pthread_mutex_t mutex;
    w_mem *kept[W_POOL_CLASSES][W_POOL_KEEP];
    uint32_t count[W_POOL_CLASSES];
    size_t cap, kept_bytes; // bytes kept at most, and now
} w_pool;

void w_pool_init(w_pool *pool, w_device *device);
void w_pool_close(w_pool *pool); // frees what is kept
// At least `bytes`. When the device has none left, what is kept is freed and it is asked again.
weir_status w_pool_take(w_pool *pool, size_t bytes, w_mem **out_mem);
// No work may still use it. `bytes` as it was taken.
void w_pool_give(w_pool *pool, w_mem *mem, size_t bytes);

#endif
