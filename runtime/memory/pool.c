// SPDX-License-Identifier: Apache-2.0
#include "runtime/memory/pool.h"

#include <inttypes.h>

// Classes are powers of two and the three quarters between; the smallest is 256 bytes.
static size_t class_size(uint32_t i)
{
    size_t base = (size_t)256 << (i / 2);
    return i % 2 ? base + base / 2 : base;
}

static uint32_t class_of(size_t bytes)
{
    uint32_t i = 0;
    while (i < W_POOL_CLASSES && class_size(i) < bytes)
        i++;
    return i;
}

void w_pool_init(w_pool *pool, w_device *device)
{
    *pool = (w_pool){.device = device};
    pthread_mutex_init(&pool->mutex, NULL);
    pool->cap = device->info.memory / 8;
    if (pool->cap > (size_t)1 << 30)
        pool->cap = (size_t)1 << 30;
}

static void drop_all(w_pool *pool)
{
    for (uint32_t i = 0; i < W_POOL_CLASSES; i++)
        while (pool->count[i])
            pool->device->ops->mem_free(pool->kept[i][--pool->count[i]]);
    pool->kept_bytes = 0;
}

void w_pool_close(w_pool *pool)
{
    drop_all(pool);
    pthread_mutex_destroy(&pool->mutex);
}

weir_status w_pool_take(w_pool *pool, size_t bytes, w_mem **out_mem)
{
    uint32_t i = class_of(bytes);
    if (bytes > pool->device->max_alloc)
        return w_fail(WEIR_OUT_OF_MEMORY, "%s: %zu bytes in one piece; it gives at most %zu",
                      pool->device->info.id, bytes, pool->device->max_alloc);
    pthread_mutex_lock(&pool->mutex);
    weir_status status = WEIR_OK;
    if (i < W_POOL_CLASSES && pool->count[i]) {
        *out_mem = pool->kept[i][--pool->count[i]];
        pool->kept_bytes -= class_size(i);
    } else {
        size_t size =
            i < W_POOL_CLASSES && class_size(i) <= pool->device->max_alloc ? class_size(i) : bytes;
        status = pool->device->ops->mem_alloc(pool->device, size, out_mem);
        if (status == WEIR_OUT_OF_MEMORY && pool->kept_bytes) {
            drop_all(pool);
            status = pool->device->ops->mem_alloc(pool->device, size, out_mem);
        }
    }
    pthread_mutex_unlock(&pool->mutex);
    return status;
}

void w_pool_give(w_pool *pool, w_mem *mem, size_t bytes)
{
    if (!mem)
        return;
    uint32_t i = class_of(bytes);
    pthread_mutex_lock(&pool->mutex);
    bool keep = i < W_POOL_CLASSES && class_size(i) <= pool->device->max_alloc &&
                pool->count[i] < W_POOL_KEEP && pool->kept_bytes + class_size(i) <= pool->cap;
    if (keep) {
        pool->kept[i][pool->count[i]++] = mem;
        pool->kept_bytes += class_size(i);
    } else {
        pool->device->ops->mem_free(mem);
    }
    pthread_mutex_unlock(&pool->mutex);
}
