// SPDX-License-Identifier: Apache-2.0
//
// The contenders that are always there: Weir, its chains one operation at a time, and what the
// machine can do at best.
#include <stdlib.h>
#include <string.h>

#include "bench/harness/ceilings.h"
#include "bench/harness/harness.h"

typedef struct at {
    harness *h;
    const harness_case *c;
    weir_expr *expr;
    float *between; // of a chain, one operation at a time
    const void *options;
} at;

static void keep(at *w, weir_status s)
{
    w->h->failure = s == WEIR_OK ? w->h->failure : s;
}

// Products of bf16 are asked for as fast as they can be; all else is as a caller gets it.
static const weir_call_options fast = {.struct_size = sizeof fast, .flags = WEIR_FAST};

static const weir_call_options *call_of(const harness_case *c)
{
    return c->m && c->in[0].dtype == WEIR_BF16 ? &fast : NULL;
}

static void run_weir(void *arg)
{
    at *w = arg;
    const harness_case *c = w->c;
    keep(w, weir_run(w->h->context, c->op, w->options, c->in, c->n_in, &c->out, 1, call_of(c)));
}

// The calls that a caller writes, rather than the one that takes any operation.
static void run_neg(void *arg)
{
    at *w = arg;
    keep(w, weir_neg(w->h->context, &w->c->in[0], &w->c->out));
}

static void run_add(void *arg)
{
    at *w = arg;
    keep(w, weir_add(w->h->context, &w->c->in[0], &w->c->in[1], &w->c->out));
}

static void run_chain(void *arg)
{
    at *w = arg;
    keep(w, weir_expr_run(w->expr, w->c->in, 2, &w->c->out, NULL));
}

static bool build_chain(at *w)
{
    const harness_chain *chain = &harness_chain_list[w->c->chain];
    weir_node x, y, node;
    weir_status s = weir_expr_create(w->h->context, &w->expr);
    if (s != WEIR_OK)
        return false;
    s = weir_expr_input(w->expr, WEIR_F32, &x);
    s = s == WEIR_OK ? weir_expr_input(w->expr, WEIR_F32, &y) : s;
    node = x;
    for (int i = 0; i < 3 && s == WEIR_OK; i++)
        s = weir_expr_op(w->expr, weir_op_find(chain->op[i]), NULL, (weir_node[]){node, y},
                         chain->takes_w[i] ? 2 : 1, &node);
    s = s == WEIR_OK ? weir_expr_output(w->expr, node) : s;
    if (s == WEIR_OK)
        return true;
    weir_expr_release(w->expr);
    return false;
}

static bool prepare_weir(void *state, const harness_case *c, bench_candidate *out)
{
    at *w = state;
    w->c = c;
    w->expr = NULL;
    w->options = c->has_options ? c->options : NULL;
    out->run = run_weir;
    out->arg = w;
    if (c->chain >= 0) {
        out->run = run_chain;
        return build_chain(w);
    }
    if (!strcmp(c->group, "calls"))
        out->run = c->op == WEIR_OP_NEG ? run_neg : c->op == WEIR_OP_ADD ? run_add : run_weir;
    return true;
}

static const void *result_of_case(void *state, const harness_case *c)
{
    (void)state;
    return c->out.data;
}

static void finish_weir(void *state)
{
    at *w = state;
    weir_expr_release(w->expr);
    w->expr = NULL;
}

harness_contender harness_weir(harness *h)
{
    harness_contender c = {.key = "weir",
                           .name = "Weir",
                           .role = HARNESS_WEIR,
                           .linger_ms = 1,
                           .prepare = prepare_weir,
                           .result = result_of_case,
                           .finish = finish_weir};
    static at state;
    state = (at){.h = h};
    c.state = &state;
    snprintf(c.version, sizeof c.version, "%s", weir_version());
    return c;
}

// ---------------------------------------------------------------- products with a packed factor

typedef struct packed {
    harness *h;
    weir_context *fast; // where products of bf16 are laid out, for the kernels that read them so
    weir_stream *stream;
    weir_tensor *in[2], *out;
    const harness_case *c;
} packed;

static void run_packed(void *arg)
{
    packed *p = arg;
    const harness_case *c = p->c;
    weir_status s = weir_submit(p->stream, c->op, c->has_options ? c->options : NULL, p->in, 2,
                                &p->out, 1, NULL);
    s = s == WEIR_OK ? weir_stream_wait(p->stream, WEIR_FOREVER) : s;
    p->h->failure = s == WEIR_OK ? p->h->failure : s;
}

static void finish_packed(void *state)
{
    packed *p = state;
    weir_stream_release(p->stream);
    weir_tensor_release(p->in[0]);
    weir_tensor_release(p->in[1]);
    weir_tensor_release(p->out);
    weir_context_destroy(p->fast);
    *p = (packed){.h = p->h};
}

static bool prepare_packed(void *state, const harness_case *c, bench_candidate *out)
{
    packed *p = state;
    weir_context *context = p->h->context;
    if (!c->m || (call_of(c) && harness_context(&p->h->options, WEIR_CONTEXT_FAST, &p->fast)))
        return false;
    context = p->fast ? p->fast : context;
    p->c = c;
    out->run = run_packed;
    out->arg = p;
    if (weir_stream_create(context, &p->stream) == WEIR_OK &&
        weir_tensor_wrap(context, &c->in[0], &p->in[0]) == WEIR_OK &&
        weir_tensor_wrap(context, &c->in[1], &p->in[1]) == WEIR_OK &&
        weir_tensor_wrap(context, &c->out, &p->out) == WEIR_OK &&
        weir_tensor_pack(p->in[1], c->op, c->has_options ? c->options : NULL) == WEIR_OK)
        return true;
    finish_packed(p); // this CPU's kernel reads no such layout
    return false;
}

harness_contender harness_packed(harness *h)
{
    static packed state;
    state = (packed){.h = h};
    return (harness_contender){.key = "weir_packed",
                               .name = "Weir packed",
                               .role = HARNESS_OTHER,
                               .linger_ms = 1,
                               .state = &state,
                               .prepare = prepare_packed,
                               .finish = finish_packed};
}

// ---------------------------------------------------------------- a chain's operations one by one

static void run_separate(void *arg)
{
    at *w = arg;
    const harness_chain *chain = &harness_chain_list[w->c->chain];
    weir_array between = weir_array_dense(w->between, WEIR_F32, 1, w->c->in[0].shape);
    const weir_array *x = &w->c->in[0];
    for (int i = 0; i < 3; i++) {
        const weir_array *y = i < 2 ? &between : &w->c->out;
        const weir_array in[2] = {*x, w->c->in[1]};
        keep(w, weir_run(w->h->context, weir_op_find(chain->op[i]), NULL, in,
                         chain->takes_w[i] ? 2 : 1, y, 1, NULL));
        x = &between;
    }
}

static bool prepare_separate(void *state, const harness_case *c, bench_candidate *out)
{
    at *w = state;
    if (c->chain < 0)
        return false;
    w->c = c;
    w->between = bench_try_memory((size_t)c->in[0].shape[0] * sizeof(float));
    out->run = run_separate;
    out->arg = w;
    return w->between != NULL;
}

static void finish_separate(void *state)
{
    at *w = state;
    free(w->between);
    w->between = NULL;
}

harness_contender harness_separate(harness *h)
{
    static at state;
    state = (at){.h = h};
    return (harness_contender){.key = "weir_separate",
                               .name = "Weir, one by one",
                               .role = HARNESS_OTHER,
                               .linger_ms = 1,
                               .state = &state,
                               .prepare = prepare_separate,
                               .finish = finish_separate};
}

// ---------------------------------------------------------------- ceilings

typedef struct limit {
    uint32_t threads;
    const char *isa;
    const harness_case *c;
    const float *a, *b;
    float *y;
} limit;

static void run_peak(void *arg)
{
    limit *l = arg;
    ceiling_fma(l->threads, l->isa, l->c->work);
}

static bool prepare_peak(void *state, const harness_case *c, bench_candidate *out)
{
    limit *l = state;
    if (strcmp(c->group, "matmul_f32") || c->m < 512 || c->n < 512 || c->k < 512)
        return false;
    l->c = c;
    out->run = run_peak;
    out->arg = l;
    return true;
}

harness_contender harness_peak(harness *h)
{
    static limit state;
    state = (limit){.threads = h->options.threads, .isa = h->options.isa};
    return (harness_contender){.key = "fma_peak",
                               .name = "FMA peak",
                               .role = HARNESS_CEILING,
                               .state = &state,
                               .prepare = prepare_peak};
}

static void run_stream(void *arg)
{
    limit *l = arg;
    ceiling_stream(l->threads, l->y, l->a, l->b, (size_t)l->c->size);
}

// A copy for an operation of one array, a triad for one of two.
static bool prepare_stream(void *state, const harness_case *c, bench_candidate *out)
{
    limit *l = state;
    size_t arrays = 0;
    for (size_t i = 0; i < c->n_in; i++)
        arrays += c->in[i].rank > 0; // others are one value each
    if (!c->streams || arrays < 1 || arrays > 2 || weir_dtype_size(c->out.dtype) != sizeof(float) ||
        weir_dtype_size(c->in[0].dtype) != sizeof(float))
        return false;
    l->c = c;
    l->a = c->in[0].data;
    l->b = arrays > 1 ? c->in[1].data : NULL;
    l->y = bench_try_memory((size_t)c->size * sizeof(float));
    out->run = run_stream;
    out->arg = l;
    return l->y != NULL;
}

static void finish_stream(void *state)
{
    limit *l = state;
    free(l->y);
    l->y = NULL;
}

harness_contender harness_stream(harness *h)
{
    static limit state;
    state = (limit){.threads = h->options.threads};
    return (harness_contender){.key = "stream",
                               .name = "copy, triad",
                               .role = HARNESS_CEILING,
                               .state = &state,
                               .prepare = prepare_stream,
                               .finish = finish_stream};
}

// What a kernel that is called directly takes: a loop that the compiler vectorizes.
__attribute__((noinline)) static void loop(const float *restrict a, const float *restrict b,
                                           float *restrict y, int64_t n)
{
    if (!b)
        for (int64_t i = 0; i < n; i++)
            y[i] = -a[i];
    else
        for (int64_t i = 0; i < n; i++)
            y[i] = a[i] + b[i];
}

static void run_loop(void *arg)
{
    const harness_case *c = ((limit *)arg)->c;
    loop(c->in[0].data, c->n_in > 1 ? c->in[1].data : NULL, c->out.data, c->out.shape[0]);
}

static bool prepare_loop(void *state, const harness_case *c, bench_candidate *out)
{
    limit *l = state;
    if (strcmp(c->group, "calls"))
        return false;
    l->c = c;
    out->run = run_loop;
    out->arg = l;
    return true;
}

harness_contender harness_loop(harness *h)
{
    static limit state;
    (void)h;
    return (harness_contender){.key = "loop",
                               .name = "bare loop",
                               .role = HARNESS_CEILING,
                               .state = &state,
                               .prepare = prepare_loop};
}
