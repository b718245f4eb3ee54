// SPDX-License-Identifier: Apache-2.0
//
// OpenBLAS and BLIS: products in f32.
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/peers/peers.h"

typedef struct blas {
    void (*sgemm)(int order, int trans_a, int trans_b, int m, int n, int k, float alpha,
                  const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc);
    void (*sgemv)(int order, int trans, int m, int n, float alpha, const float *a, int lda,
                  const float *x, int incx, float beta, float *y, int incy);
    const harness_case *c;
    float *y;
} blas;

// ---------------------------------------------------------------- the best kernels

#if defined(__x86_64__)
// Sets a variable that is not set; whether that changed it.
static bool choose(const char *name, const char *value)
{
    return !getenv(name) && setenv(name, value, 1) == 0;
}

static bool choose_kernels(const char *isa)
{
    bool changed = false, narrow = isa && strcmp(isa, "avx512");
    __builtin_cpu_init();
    if (!narrow && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
        changed |= choose("OPENBLAS_CORETYPE", "SkylakeX");
        changed |= choose("BLIS_ARCH_TYPE", "0"); // skx
        changed |= choose("ATEN_CPU_CAPABILITY", "avx512");
    } else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        changed |= choose("OPENBLAS_CORETYPE", "Haswell");
        changed |= choose("BLIS_ARCH_TYPE", "3"); // haswell
        changed |= choose("ATEN_CPU_CAPABILITY", "avx2");
        changed |= choose("ONEDNN_MAX_CPU_ISA", "AVX2");
        changed |= choose("DNNL_MAX_CPU_ISA", "AVX2");
    }
    return changed;
}
#else
static bool choose_kernels(const char *isa)
{
    (void)isa;
    return false; // no peer is known to miss its best kernels here
}
#endif

// Forgets how long peers' threads are to wait for work: those that sleep sooner are slower in small
// calls. Whether that changed anything.
static bool forget_waiting(void)
{
    static const char *const names[] = {"OPENBLAS_THREAD_TIMEOUT", "GOMP_SPINCOUNT",
                                        "OMP_WAIT_POLICY"};
    bool changed = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        changed |= getenv(names[i]) && unsetenv(names[i]) == 0;
    return changed;
}

void peers_prepare(char **argv, const char *isa)
{
    // OpenBLAS reads its variable in the loader's constructors, so that it must stand from the
    // start.
    bool changed = forget_waiting();
    if (choose_kernels(isa) || changed)
        execv("/proc/self/exe",
              argv); // returns only if it fails; the peers' own choice stands then
}

void *peers_symbol(harness *h, void *library, const char *peer, const char *name)
{
    void *address = dlsym(library, name);
    if (!address)
        harness_note(h, "%s has no %s", peer, name);
    return address;
}

// ---------------------------------------------------------------- what is timed

enum { ROW_MAJOR = 101, NO_TRANS = 111, TRANS = 112 };

static void run_gemm(void *arg)
{
    const blas *b = arg;
    const harness_case *c = b->c;
    int m = (int)c->m, n = (int)c->n, k = (int)c->k;
    b->sgemm(ROW_MAJOR, c->trans_a ? TRANS : NO_TRANS, c->trans_b ? TRANS : NO_TRANS, m, n, k, 1,
             c->in[0].data, c->trans_a ? m : k, c->in[1].data, c->trans_b ? k : n, 0, b->y, n);
}

// What a caller of a BLAS takes for a matrix and a vector.
static void run_gemv(void *arg)
{
    const blas *b = arg;
    const harness_case *c = b->c;
    int m = (int)c->m, n = (int)c->n, k = (int)c->k;
    if (n == 1)
        b->sgemv(ROW_MAJOR, NO_TRANS, m, k, 1, c->in[0].data, k, c->in[1].data, 1, 0, b->y, 1);
    else
        b->sgemv(ROW_MAJOR, TRANS, k, n, 1, c->in[1].data, n, c->in[0].data, 1, 0, b->y, 1);
}

static bool prepare(void *state, const harness_case *c, bench_candidate *out)
{
    blas *b = state;
    if (!c->m || c->in[0].dtype != WEIR_F32 || c->out.dtype != WEIR_F32)
        return false;
    b->c = c;
    b->y = bench_try_memory((size_t)(c->m * c->n) * sizeof(float));
    out->run = (c->m == 1 || c->n == 1) && !c->trans_a && !c->trans_b ? run_gemv : run_gemm;
    out->arg = b;
    return b->y != NULL;
}

static const void *result(void *state, const harness_case *c)
{
    (void)c;
    return ((blas *)state)->y;
}

static void finish(void *state)
{
    blas *b = state;
    free(b->y);
    b->y = NULL;
}

// ---------------------------------------------------------------- joining

static bool load(harness *h, void *library, const char *name, blas *out)
{
    *(void **)&out->sgemm = peers_symbol(h, library, name, "cblas_sgemm");
    *(void **)&out->sgemv = peers_symbol(h, library, name, "cblas_sgemv");
    return out->sgemm && out->sgemv;
}

static void join_openblas(harness *h)
{
    static blas state;
    harness_contender c = {.key = "openblas",
                           .name = "OpenBLAS",
                           .role = HARNESS_PEER,
                           // Its threads spin for 2^26 cycles once they have nothing to do.
                           .linger_ms = 40,
                           .state = &state,
                           .prepare = prepare,
                           .result = result,
                           .finish = finish};
    void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        harness_note(h, "absent: OpenBLAS (libopenblas.so.0; Debian: libopenblas0-pthread)");
        return;
    }
    void (*set_threads)(int);
    const char *(*config)(void), *(*core)(void);
    *(void **)&set_threads = peers_symbol(h, library, c.name, "openblas_set_num_threads");
    *(void **)&config = peers_symbol(h, library, c.name, "openblas_get_config");
    *(void **)&core = peers_symbol(h, library, c.name, "openblas_get_corename");
    if (!load(h, library, c.name, &state) || !set_threads || !config || !core)
        return;
    set_threads((int)h->options.threads);
    const char *version = config() + strcspn(config(), "0123456789");
    snprintf(c.version, sizeof c.version, "%.*s, kernels %s", (int)strcspn(version, " "), version,
             core());
    harness_join(h, &c);
}

static void join_blis(harness *h)
{
    static blas state;
    harness_contender c = {.key = "blis",
                           .name = "BLIS",
                           .role = HARNESS_PEER,
                           .linger_ms = 10,
                           .state = &state,
                           .prepare = prepare,
                           .result = result,
                           .finish = finish};
    void *library = dlopen("libblis.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        harness_note(h, "absent: BLIS (libblis.so.4; Debian: libblis4-openmp)");
        return;
    }
    void (*set_threads)(long);
    const char *(*version)(void), *(*arch_name)(int);
    int (*arch)(void);
    *(void **)&set_threads = peers_symbol(h, library, c.name, "bli_thread_set_num_threads");
    *(void **)&version = peers_symbol(h, library, c.name, "bli_info_get_version_str");
    *(void **)&arch = peers_symbol(h, library, c.name, "bli_arch_query_id");
    *(void **)&arch_name = peers_symbol(h, library, c.name, "bli_arch_string");
    if (!load(h, library, c.name, &state) || !set_threads || !version || !arch || !arch_name)
        return;
    set_threads((long)h->options.threads);
    snprintf(c.version, sizeof c.version, "%s, kernels %s", version(), arch_name(arch()));
    harness_join(h, &c);
}

void peers_join_blas(harness *h)
{
    join_openblas(h);
    join_blis(h);
}
