// SPDX-License-Identifier: Apache-2.0
#include "bench/harness/ceilings.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "bench/harness/time.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

// ---------------------------------------------------------------- threads

enum { MOST = 256 };
static const double spin_ns = 5e5; // then a worker sleeps, and disturbs nobody

typedef void (*part_fn)(void *arg, uint32_t part, uint32_t parts);

static struct {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    _Atomic uint32_t generation, left;
    uint32_t parts, started;
    part_fn run;
    void *arg;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

static void relax(void)
{
#if defined(__x86_64__)
    _mm_pause();
#endif
}

static uint32_t next_generation(uint32_t seen)
{
    double end = bench_now() + spin_ns;
    while (atomic_load(&pool.generation) == seen && bench_now() < end)
        relax();
    pthread_mutex_lock(&pool.lock);
    while (atomic_load(&pool.generation) == seen)
        pthread_cond_wait(&pool.wake, &pool.lock);
    pthread_mutex_unlock(&pool.lock);
    return atomic_load(&pool.generation);
}

// The workers live as long as the program: they own nothing.
static void *work(void *number)
{
    uint32_t part = (uint32_t)(uintptr_t)number, seen = atomic_load(&pool.generation) - 1;
    for (;;) {
        seen = next_generation(seen);
        if (part < pool.parts) {
            pool.run(pool.arg, part, pool.parts);
            atomic_fetch_sub(&pool.left, 1);
        }
    }
    return NULL;
}

static void run_parts(uint32_t parts, part_fn run, void *arg)
{
    parts = parts < 1 ? 1 : parts > MOST ? MOST : parts;
    pthread_mutex_lock(&pool.lock);
    pool.run = run;
    pool.arg = arg;
    pool.parts = parts;
    atomic_store(&pool.left, parts - 1);
    atomic_fetch_add(&pool.generation, 1);
    pthread_cond_broadcast(&pool.wake);
    for (; pool.started + 1 < parts; pool.started++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, work, (void *)(uintptr_t)(pool.started + 1)) != 0)
            break;
        pthread_detach(thread);
    }
    uint32_t there = pool.started + 1;
    pthread_mutex_unlock(&pool.lock);
    run(arg, 0, parts);
    for (uint32_t i = there; i < parts; i++) { // threads that the system refused
        run(arg, i, parts);
        atomic_fetch_sub(&pool.left, 1);
    }
    while (atomic_load(&pool.left))
        relax();
}

// ---------------------------------------------------------------- multiply-adds

static volatile float sink;

// COUNT chains of multiply-adds, more than any core has in flight.
#define FMA_LOOP(vector, set, fma, lanes, first)                                                  \
    do {                                                                                          \
        enum { CHAINS = 24 };                                                                     \
        vector acc[CHAINS], x = set(0.999999f), y = set(0.000001f);                               \
        for (int i = 0; i < CHAINS; i++)                                                          \
            acc[i] = set((float)i);                                                               \
        long rounds = (long)(flops / (2.0 * (lanes)*CHAINS)) + 1;                                 \
        for (long r = 0; r < rounds; r++) {                                                       \
            _Pragma("GCC unroll 24") for (int i = 0; i < CHAINS; i++) acc[i] = fma(acc[i], x, y); \
        }                                                                                         \
        for (int i = 0; i < CHAINS; i++)                                                          \
            sink = sink + first(acc[i]);                                                          \
    } while (0)

#if defined(__x86_64__)
__attribute__((target("avx512f"))) static void fma_avx512(double flops)
{
    FMA_LOOP(__m512, _mm512_set1_ps, _mm512_fmadd_ps, 16, _mm512_cvtss_f32);
}

#define FMA_CHAINS_AVX2 12 // of 16 registers
__attribute__((target("avx2,fma"))) static void fma_avx2(double flops)
{
    __m256 acc[FMA_CHAINS_AVX2], x = _mm256_set1_ps(0.999999f), y = _mm256_set1_ps(0.000001f);
    for (int i = 0; i < FMA_CHAINS_AVX2; i++)
        acc[i] = _mm256_set1_ps((float)i);
    long rounds = (long)(flops / (2.0 * 8 * FMA_CHAINS_AVX2)) + 1;
    for (long r = 0; r < rounds; r++) {
        _Pragma("GCC unroll 12") for (int i = 0; i < FMA_CHAINS_AVX2; i++) acc[i] =
            _mm256_fmadd_ps(acc[i], x, y);
    }
    for (int i = 0; i < FMA_CHAINS_AVX2; i++)
        sink = sink + _mm256_cvtss_f32(acc[i]);
}
#elif defined(__aarch64__)
static float first_of(float32x4_t v)
{
    return vgetq_lane_f32(v, 0);
}
static float32x4_t fma_of(float32x4_t a, float32x4_t x, float32x4_t y)
{
    return vfmaq_f32(y, a, x);
}
static void fma_neon(double flops)
{
    FMA_LOOP(float32x4_t, vdupq_n_f32, fma_of, 4, first_of);
}
#endif

typedef struct multiply_adds {
    double flops;
    bool narrow;
} multiply_adds;

static void fma_part(void *arg, uint32_t part, uint32_t parts)
{
    const multiply_adds *f = arg;
    double flops = f->flops / parts;
    (void)part;
#if defined(__x86_64__)
    if (!f->narrow && __builtin_cpu_supports("avx512f"))
        fma_avx512(flops);
    else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        fma_avx2(flops);
#elif defined(__aarch64__)
    fma_neon(flops);
#else
    sink = sink + (float)flops;
#endif
}

void ceiling_fma(uint32_t threads, const char *isa, double flops)
{
    multiply_adds f = {.flops = flops, .narrow = isa && !strcmp(isa, "avx2")};
    run_parts(threads, fma_part, &f);
}

// ---------------------------------------------------------------- memory

typedef struct stream {
    float *y;
    const float *a, *b;
    size_t n;
} stream;

static void plain(float *restrict y, const float *restrict a, const float *restrict b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = b ? a[i] + 3 * b[i] : a[i];
}

#if defined(__x86_64__)
// n is a multiple of 16, y aligned to 64 bytes.
__attribute__((target("avx512f"))) static void streaming(float *y, const float *a, const float *b,
                                                         size_t n)
{
    __m512 three = _mm512_set1_ps(3);
    for (size_t i = 0; i < n; i += 16) {
        __m512 v = _mm512_loadu_ps(a + i);
        if (b)
            v = _mm512_fmadd_ps(three, _mm512_loadu_ps(b + i), v);
        _mm512_stream_ps(y + i, v);
    }
    _mm_sfence();
}
__attribute__((target("avx2,fma"))) static void streaming_avx2(float *y, const float *a,
                                                               const float *b, size_t n)
{
    __m256 three = _mm256_set1_ps(3);
    for (size_t i = 0; i < n; i += 8) {
        __m256 v = _mm256_loadu_ps(a + i);
        if (b)
            v = _mm256_fmadd_ps(three, _mm256_loadu_ps(b + i), v);
        _mm256_stream_ps(y + i, v);
    }
    _mm_sfence();
}
#endif

static void stream_part(void *arg, uint32_t part, uint32_t parts)
{
    const stream *s = arg;
    size_t lines = s->n / 16, from = lines * part / parts * 16,
           to = lines * (part + 1) / parts * 16;
    const float *b = s->b ? s->b + from : NULL;
    size_t tail = part + 1 == parts ? s->n - to : 0;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f"))
        streaming(s->y + from, s->a + from, b, to - from);
    else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        streaming_avx2(s->y + from, s->a + from, b, to - from);
    else
        plain(s->y + from, s->a + from, b, to - from);
#else
    plain(s->y + from, s->a + from, b, to - from);
#endif
    plain(s->y + to, s->a + to, s->b ? s->b + to : NULL, tail);
}

void ceiling_stream(uint32_t threads, float *y, const float *a, const float *b, size_t n)
{
    stream s = {y, a, b, n};
    run_parts(threads, stream_part, &s);
}
