// SPDX-License-Identifier: Apache-2.0
// Random calls of any operation: shapes up to eight axes and of no element, strides of either sign
// and 0, any dtypes; outputs laid exactly over an input, and partly. What strides and guard bands
// surround must be what dense copies give on the scalar CPU; what overlaps in part is refused, and
// nothing is written. Calls on the CPU take no more of their thread's stack than weir.h says.
// WEIR_TEST_SEED seeds it; a failure prints the case that repeats it.
#include "tests/conformance/conformance.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    CASES = 3000,
    CASES_FULL = 100000,
    ON_DEVICE = 400, // one case in so many: each may be a program for a driver to compile
    ON_STACK = 8,    // one case in so many, on a stack of its own
    STACK = 1 << 20,
    STACK_PROMISED = 256 << 10, // weir_pool
    PAINT = 0xa5,
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = true };
#else
enum { SANITIZED = false };
#endif

static size_t complaints, strided, in_place, refused, meshed, most_stack;

// ---------------------------------------------------------------- a random call

static int64_t random_extent(int32_t rank, random_state *r)
{
    static const uint32_t most[] = {1, 70, 24, 9, 7, 4, 3, 3, 3};
    if (random_below(r, 30) == 0)
        return 0;
    return random_below(r, 6) == 0 ? 1 : 1 + (int64_t)random_below(r, most[rank]);
}

static void random_row(const w_op *op, random_state *r, shape_row *row)
{
    static const int modes[W_FAMILIES] = {[W_MAP] = MAP_SCALAR + 1,
                                          [W_REDUCE] = REDUCE_NONE + 1,
                                          [W_CONTRACT] = CONTRACT_DOT + 1,
                                          [W_MOVE] = MOVE_RANDOM + 1,
                                          [W_ROW] = REDUCE_NONE + 1,
                                          [W_SCAN] = REDUCE_NONE + 1,
                                          [W_HISTOGRAM] = REDUCE_NONE + 1,
                                          [W_GATHER] = 1,
                                          [W_SAMPLE] = 1};
    bool matrices = op->family == W_CONTRACT;
    *row = (shape_row){.name = "random", .form = (layout)random_below(r, LAYOUTS)};
    row->mode = (int)random_below(r, (uint32_t)modes[op->family]);
    row->rank = matrices ? 3 : (int32_t)random_below(r, WEIR_MAX_RANK + 1);
    for (int32_t k = 0; k < row->rank; k++)
        row->dims[k] = random_extent(matrices ? 2 : row->rank, r);
    if (matrices && (row->mode == CONTRACT_LEFT_VECTOR || row->mode == CONTRACT_DOT))
        row->dims[0] = 1;
    if (matrices && (row->mode == CONTRACT_RIGHT_VECTOR || row->mode == CONTRACT_DOT))
        row->dims[1] = 1;
}

static void copy_elements(const weir_array *to, const weir_array *from)
{
    int64_t index[WEIR_MAX_RANK] = {0};
    for (bool more = w_array_count(to) > 0; more; more = next_index(to, index))
        memcpy(element(to, index), element(from, index), weir_dtype_size(to->dtype));
}

// The same call with dense arrays.
static void make_dense(problem *to, const problem *from, random_state *r)
{
    *to = *from;
    memset(to->in, 0, sizeof to->in);
    memset(to->out, 0, sizeof to->out);
    for (uint32_t i = 0; i < from->op->n_in; i++) {
        const weir_array *x = &from->in[i].view;
        if (!from->in[i].memory)
            continue;
        held_make(&to->in[i], x->dtype, x->rank, x->shape, DENSE, false, r);
        copy_elements(&to->in[i].view, x);
        to->in_views[i] = to->in[i].view;
    }
    for (uint32_t o = 0; o < from->op->n_out; o++) {
        const weir_array *y = &from->out[o].view;
        held_make(&to->out[o], y->dtype, y->rank, y->shape, DENSE, true, r);
        to->out_views[o] = to->out[o].view;
    }
}

static void complain_of(const problem *p, uint32_t number, const char *where, const char *what)
{
    if (complain(&complaints))
        print_error("case %" PRIu32 ", %s on %s: %s\n", number, p->label, where, what);
}

// ---------------------------------------------------------------- strides and guards

static void check_strided(target *t, problem *p, uint32_t number, const uint64_t *want)
{
    char text[128] = "";
    weir_status status = target_call(t, p);
    if (status == WEIR_UNAVAILABLE && strcmp(t->info.backend, "cpu"))
        return; // test_same_bits counts these
    strided++;
    if (status != WEIR_OK)
        complain_of(p, number, t->name, weir_message(NULL));
    else if (different(p, want, text))
        complain_of(p, number, t->name, text);
    for (uint32_t o = 0; o < p->op->n_out; o++)
        if (held_damage(&p->out[o]))
            complain_of(p, number, t->name, "bytes beside the output were written");
}

// ---------------------------------------------------------------- the stack

typedef struct painted_call {
    target *t;
    problem *p;
    weir_status status;
    char message[512];
} painted_call;

static void *call_painted(void *arg)
{
    painted_call *c = arg;
    c->status = target_call(c->t, c->p);
    snprintf(c->message, sizeof c->message, "%s", weir_message(NULL));
    return NULL;
}

// The bytes of a stack that a call takes, those of its thread among them.
static size_t stack_of(painted_call *c, uint8_t *stack)
{
    pthread_t thread;
    pthread_attr_t attr;
    memset(stack, PAINT, STACK);
    assert_int_equal(pthread_attr_init(&attr), 0);
    assert_int_equal(pthread_attr_setstack(&attr, stack, STACK), 0);
    assert_int_equal(pthread_create(&thread, &attr, call_painted, c), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    pthread_attr_destroy(&attr);
    size_t unused = 0;
    while (unused < STACK && stack[unused] == PAINT)
        unused++;
    return STACK - unused;
}

static void check_stack(target *t, problem *p, uint32_t number, uint8_t *stack)
{
    char text[128];
    painted_call c = {.t = t, .p = p};
    size_t used = stack_of(&c, stack);
    if (c.status != WEIR_OK)
        complain_of(p, number, t->name, c.message);
    most_stack = used > most_stack ? used : most_stack;
    snprintf(text, sizeof text, "%zu bytes of stack, of which weir.h promises no more than %d",
             used, STACK_PROMISED);
    if (used > STACK_PROMISED && !SANITIZED) // it puts guards around what stands on a stack
        complain_of(p, number, t->name, text);
}

// ---------------------------------------------------------------- overlap

// The first byte of a view, and how many it spans.
static size_t span_of(const weir_array *a, char **first)
{
    int64_t strides[WEIR_MAX_RANK], low = 0, high = 0;
    w_array_strides(a, strides);
    for (int32_t k = 0; k < a->rank; k++)
        *(strides[k] < 0 ? &low : &high) += strides[k] * (a->shape[k] - 1);
    size_t size = weir_dtype_size(a->dtype);
    *first = (char *)a->data + low * (int64_t)size;
    return (size_t)(high - low + 1) * size;
}

static bool share_a_byte(const weir_array *a, const weir_array *b, const held *memory)
{
    uint8_t *taken = calloc(1, memory->bytes);
    int64_t i[WEIR_MAX_RANK] = {0}, k[WEIR_MAX_RANK] = {0};
    bool shared = false;
    assert_non_null(taken);
    for (bool more = true; more; more = next_index(a, i))
        memset(taken + ((uint8_t *)element(a, i) - memory->memory), 1, weir_dtype_size(a->dtype));
    for (bool more = true; more && !shared; more = next_index(b, k))
        for (size_t n = 0; n < weir_dtype_size(b->dtype); n++)
            shared |= taken[(uint8_t *)element(b, k) - memory->memory + n];
    free(taken);
    return shared;
}

static bool same_strides(const weir_array *a, const weir_array *b)
{
    int64_t sa[WEIR_MAX_RANK], sb[WEIR_MAX_RANK];
    bool same = a->rank == b->rank && weir_dtype_size(a->dtype) == weir_dtype_size(b->dtype);
    w_array_strides(a, sa);
    w_array_strides(b, sb);
    for (int32_t k = 0; same && k < a->rank; k++)
        same = a->shape[k] == b->shape[k] && (a->shape[k] == 1 || sa[k] == sb[k]);
    return same;
}

// Runs with the output at `place` in the memory of input i. Whether it is allowed follows from the
// bytes: the very view of an elementwise input, or no byte in common. (Of views that mesh without
// meeting, the library may refuse those that it cannot tell.)
static void check_laid_over(problem *p, uint32_t i, char *place, uint32_t number,
                            const uint64_t *want)
{
    target *t = &targets[number % target_count];
    problem q = *p;
    held own = q.in[i];
    char text[128] = "";
    if (strcmp(t->info.backend, "cpu"))
        t = &targets[0];
    q.out[0].view.data = q.out_views[0].data = place;
    bool very =
        place == (char *)q.in_views[i].data && same_strides(&q.out_views[0], &q.in_views[i]);
    bool allowed = very && p->op->family == W_MAP && p->op->in[i].kind != W_PIXEL;
    bool meets = share_a_byte(&q.in_views[i], &q.out_views[0], &own);
    uint8_t *before = malloc(own.bytes);
    assert_non_null(before);
    memcpy(before, own.memory, own.bytes);
    weir_call_options call = {.struct_size = sizeof call, .device = t->device};
    weir_status status = weir_run(t->context, q.op->number, q.options, q.in_views, q.n_in,
                                  q.out_views, q.op->n_out, &call);
    if (status == WEIR_OK && meets && !allowed)
        complain_of(p, number, t->name, "an output over a part of an input was not refused");
    else if (status != WEIR_OK && (allowed || status != WEIR_INVALID_ARGUMENT))
        complain_of(p, number, t->name, weir_message(NULL));
    else if (status != WEIR_OK && memcmp(before, own.memory, own.bytes))
        complain_of(p, number, t->name, "something was written by a call that was refused");
    else if (status == WEIR_OK && different(&q, want, text))
        complain_of(p, number, t->name, text);
    *(status != WEIR_OK ? &refused : allowed ? &in_place : &meshed) += 1;
    memcpy(own.memory, before, own.bytes);
    free(before);
}

static void check_overlap(problem *p, uint32_t number, const uint64_t *want, random_state *r)
{
    for (uint32_t i = 0; i < p->op->n_in; i++) {
        const weir_array *x = &p->in[i].view, *y = &p->out[0].view;
        char *in_first, *out_first, *low = (char *)p->in[i].memory;
        if (!p->in[i].memory || p->op->n_out != 1 || p->op->in[i].kind == W_HOST ||
            w_array_count(x) <= 0 || w_array_count(y) <= 0)
            continue;
        size_t in_span = span_of(x, &in_first), out_span = span_of(y, &out_first);
        size_t size = weir_dtype_size(y->dtype);
        if (same_strides(x, y))
            check_laid_over(p, i, x->data, number, want);
        // From a last byte in common on the one side to one on the other, and a little beyond.
        int64_t steps = (int64_t)((in_span + out_span) / size) + 2;
        int64_t at = (int64_t)random_below(r, (uint32_t)steps) - (int64_t)(out_span / size) - 1;
        char *begin = in_first + at * (int64_t)size;
        if (begin >= low && begin + out_span <= low + p->in[i].bytes)
            check_laid_over(p, i, begin + ((char *)y->data - out_first), number, want);
    }
}

// ---------------------------------------------------------------- the whole

static void check_case(const w_op *op, uint32_t number, random_state r, uint8_t *stack)
{
    problem p, dense;
    shape_row row;
    size_t combination = random_below(&r, (uint32_t)combination_count(op));
    random_row(op, &r, &row);
    problem_make_row(&p, op, combination, &row, r);
    if (!p.refused) {
        make_dense(&dense, &p, &r);
        if (target_call(&targets[0], &dense) != WEIR_OK) {
            complain_of(&p, number, "the scalar CPU, dense", weir_message(NULL));
        } else {
            uint64_t *want = take_bits(&dense);
            for (size_t t = 0; t < target_count; t++)
                if (!strcmp(targets[t].info.backend, "cpu") || number % ON_DEVICE == t)
                    check_strided(&targets[t], &p, number, want);
            for (size_t t = 0; number % ON_STACK == 0 && t < target_count; t++)
                if (!strcmp(targets[t].info.backend, "cpu"))
                    check_stack(&targets[t], &p, number, stack);
            check_overlap(&p, number, want, &r);
            free(want);
        }
        problem_free(&dense);
    }
    problem_free(&p);
}

static void test_random_calls(void **state)
{
    uint32_t count = full_run() ? CASES_FULL : CASES;
    void *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    (void)state;
    assert_true(stack != MAP_FAILED);
    for (uint32_t number = 0; number < count; number++) {
        random_state r =
            (uint64_t)test_seed() << 32 ^ (uint64_t)number * UINT64_C(0x9e3779b97f4a7c15);
        const w_op *op = &w_ops[random_below(&r, (uint32_t)w_op_count)];
        if (test_takes(op))
            check_case(op, number, r, stack);
    }
    print_message("%" PRIu32
                  " random calls: %zu with strides, %zu in place, %zu of views that mesh, %zu "
                  "refused; at most %zu bytes of a stack\n",
                  count, strided, in_place, meshed, refused, most_stack);
    munmap(stack, STACK);
    assert_int_equal(complaints, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_calls)};
    return cmocka_run_group_tests_name("property", tests, targets_open, targets_close);
}
