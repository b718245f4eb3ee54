// SPDX-License-Identifier: Apache-2.0
// Calls that are wrong in one thing: a status, a message that names the operation and the value,
// and nothing written. For every operation, from a valid call that is then spoiled.
#include "tests/conformance/conformance.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A valid call, to be spoiled.
typedef struct attempt {
    problem *p;
    weir_op op;
    const void *options;
    const weir_array *in_list, *out_list;
    weir_array in[W_MAX_IN], out[W_MAX_OUT];
    size_t n_in, n_out;
    weir_call_options call;
} attempt;

static size_t wrong, tried;

static attempt begin(problem *p)
{
    attempt a = {.p = p,
                 .op = p->op->number,
                 .options = p->options,
                 .n_in = p->n_in,
                 .n_out = p->op->n_out,
                 .call = {.struct_size = sizeof(weir_call_options)}};
    memcpy(a.in, p->in_views, sizeof a.in);
    memcpy(a.out, p->out_views, sizeof a.out);
    return a;
}

// Runs it; it must be refused with this status (WEIR_OK: any), its message must hold `names`.
static void refuse(attempt *a, weir_status want, const char *names, const char *what)
{
    problem *p = a->p;
    for (uint32_t o = 0; o < p->op->n_out; o++)
        held_reset(&p->out[o]);
    weir_status status =
        weir_run(targets[0].context, a->op, a->options, a->in_list ? a->in_list : a->in, a->n_in,
                 a->out_list ? a->out_list : a->out, a->n_out, &a->call);
    const char *message = weir_message(targets[0].context), *bad = NULL;
    size_t damage = 0;
    // All of the outputs' memory is as it was: the pattern.
    for (uint32_t o = 0; o < p->op->n_out; o++) {
        held untouched = p->out[o];
        untouched.view.rank = 1;
        untouched.view.shape[0] = 0;
        damage += held_damage(&untouched);
    }
    tried++;
    if (status == WEIR_OK || status == WEIR_PENDING || status > WEIR_UNSUPPORTED)
        bad = "was not refused";
    else if (want != WEIR_OK && status != want)
        bad = "has another status";
    else if (damage)
        bad = "was refused after something was written";
    else if (!*message)
        bad = "has no message";
    else if (names && !strstr(message, names))
        bad = "is not named in the message";
    if (!bad)
        return;
    wrong++;
    print_error("%s %s %s: %s, \"%s\"%s%s\n", p->label, what, bad, weir_status_name(status),
                message, names ? ", which should hold " : "", names ? names : "");
}

// ---------------------------------------------------------------- counts and pointers

static void spoil_counts(problem *p)
{
    const char *name = p->op->name;
    attempt a = begin(p);
    a.n_in = p->op->n_required - 1;
    refuse(&a, WEIR_INVALID_ARGUMENT, name, "with an input too few");
    a = begin(p);
    a.n_in = p->op->n_in + 1;
    refuse(&a, WEIR_INVALID_ARGUMENT, name, "with an input too many");
    a.n_in = SIZE_MAX;
    refuse(&a, WEIR_INVALID_ARGUMENT, name, "with SIZE_MAX inputs");
    a = begin(p);
    a.n_out = 0;
    refuse(&a, WEIR_INVALID_ARGUMENT, name, "without outputs");
    a.n_out = p->op->n_out + 1;
    refuse(&a, WEIR_INVALID_ARGUMENT, name, "with an output too many");
    a = begin(p);
    a.op = 0;
    refuse(&a, WEIR_INVALID_ARGUMENT, "0", "as operation 0");
    a.op = 4000000000u;
    refuse(&a, WEIR_INVALID_ARGUMENT, "4000000000", "as an operation that is none");
    a = begin(p);
    a.call.struct_size = 1;
    refuse(&a, WEIR_INVALID_ARGUMENT, "struct_size", "with a call of struct_size 1");
    a = begin(p);
    a.call.reserved = 5;
    refuse(&a, WEIR_INVALID_ARGUMENT, "reserved is 5", "with a call's reserved word");
    a = begin(p);
    a.call.device = "abacus:7";
    refuse(&a, WEIR_UNAVAILABLE, "abacus:7", "on a device that is none");
}

static void test_null(void **state)
{
    (void)state;
    problem p;
    weir_array out[W_MAX_OUT];
    problem_make(&p, &w_ops[0], 0, 3, 1);
    attempt a = begin(&p);
    wrong = 0;
    assert_int_equal(weir_run(NULL, a.op, NULL, a.in, a.n_in, a.out, a.n_out, NULL),
                     WEIR_INVALID_ARGUMENT);
    assert_int_equal(weir_run(targets[0].context, a.op, NULL, NULL, a.n_in, a.out, a.n_out, NULL),
                     WEIR_INVALID_ARGUMENT);
    assert_int_equal(weir_run(targets[0].context, a.op, NULL, a.in, a.n_in, NULL, a.n_out, NULL),
                     WEIR_INVALID_ARGUMENT);
    assert_int_equal(weir_infer(NULL, a.op, NULL, a.in, a.n_in, out, a.n_out),
                     WEIR_INVALID_ARGUMENT);
    assert_int_equal(weir_infer(targets[0].context, a.op, NULL, NULL, a.n_in, out, a.n_out),
                     WEIR_INVALID_ARGUMENT);
    assert_int_equal(weir_infer(targets[0].context, a.op, NULL, a.in, a.n_in, NULL, a.n_out),
                     WEIR_INVALID_ARGUMENT);
    assert_int_equal(weir_infer(targets[0].context, 0, NULL, a.in, a.n_in, out, a.n_out),
                     WEIR_INVALID_ARGUMENT);
    problem_free(&p);
}

// ---------------------------------------------------------------- arrays

// A dtype that this array may not have; none where it may have any.
static weir_dtype other_dtype(const problem *p, bool output, uint32_t i)
{
    bool like = !output && (p->op->in[i].dtypes & W_LIKE(0));
    uint32_t set = output || like ? 0 : p->op->in[i].dtypes;
    if (set == 0)
        set = UINT32_C(1) << (output ? p->out_views : p->in_views)[i].dtype;
    for (int d = WEIR_F64; d > WEIR_DTYPE_NONE; d--)
        if (!(set >> d & 1))
            return (weir_dtype)d;
    return WEIR_DTYPE_NONE;
}

static void spoil_array(problem *p, bool output, uint32_t i)
{
    weir_dtype other = other_dtype(p, output, i);
    char what[96], number[24];
    attempt a;
    const char *name = output ? p->op->out[i].name : p->op->in[i].name;
#define SPOIL(status, names, change, ...)              \
    do {                                               \
        a = begin(p);                                  \
        weir_array *x = output ? &a.out[i] : &a.in[i]; \
        change;                                        \
        snprintf(what, sizeof what, __VA_ARGS__);      \
        refuse(&a, status, names, what);               \
    } while (0)

    static const int64_t ranks[] = {-1, WEIR_MAX_RANK + 1, INT32_MAX, INT32_MIN};
    static const int64_t extents[] = {-1, INT64_MIN, INT64_MAX, INT64_MAX / 2};
    static const int64_t steps[] = {INT64_MAX, INT64_MIN, INT64_MAX / 2, -(INT64_MAX / 3)};
    SPOIL(WEIR_INVALID_DTYPE, name, x->dtype = (weir_dtype)99, "%s of dtype 99", name);
    SPOIL(WEIR_INVALID_DTYPE, name, x->dtype = (weir_dtype)-7, "%s of dtype -7", name);
    if (other != WEIR_DTYPE_NONE)
        SPOIL(WEIR_INVALID_DTYPE, name, x->dtype = other, "%s of dtype %s", name,
              weir_dtype_name(other));
    for (size_t k = 0; k < W_COUNT(ranks); k++) {
        snprintf(number, sizeof number, "%" PRId64, ranks[k]);
        SPOIL(WEIR_INVALID_SHAPE, number, x->rank = (int32_t)ranks[k], "%s of rank %s", name,
              number);
    }
    weir_array *shape = output ? &p->out_views[i] : &p->in_views[i];
    for (int32_t axis = 0; axis < shape->rank; axis++) {
        for (size_t k = 0; k < W_COUNT(extents); k++)
            SPOIL(WEIR_INVALID_SHAPE, name, x->shape[axis] = extents[k],
                  "%s of extent %" PRId64 " on axis %" PRId32, name, extents[k], axis);
        for (size_t k = 0; k < W_COUNT(steps) && shape->shape[axis] != 1; k++) // of one: no matter
            SPOIL(WEIR_INVALID_SHAPE, name,
                  (w_array_strides(x, x->strides), x->strided = true, x->strides[axis] = steps[k]),
                  "%s of stride %" PRId64 " on axis %" PRId32, name, steps[k], axis);
    }
    if (w_array_count(shape) > 0)
        SPOIL(WEIR_INVALID_ARGUMENT, name, x->data = NULL, "%s without data", name);
#undef SPOIL
}

static void spoil_outputs(problem *p)
{
    for (uint32_t o = 0; o < p->op->n_out; o++) {
        const char *name = p->op->out[o].name;
        const weir_array *y = &p->out_views[o];
        attempt a = begin(p);
        for (int32_t axis = 0; axis < y->rank; axis++) {
            a = begin(p);
            a.out[o].shape[axis]++;
            refuse(&a, WEIR_INVALID_SHAPE, name, "with an output too large");
        }
        a = begin(p);
        a.out[o].rank = y->rank < WEIR_MAX_RANK ? y->rank + 1 : 0;
        a.out[o].shape[y->rank % WEIR_MAX_RANK] = 1;
        refuse(&a, WEIR_INVALID_SHAPE, name, "with an output of another rank");
        for (int32_t axis = 0; axis < y->rank; axis++) {
            if (y->shape[axis] < 2 || w_array_count(y) == 0)
                continue;
            a = begin(p);
            w_array_strides(y, a.out[o].strides);
            a.out[o].strided = true;
            a.out[o].strides[axis] = 0;
            refuse(&a, WEIR_INVALID_SHAPE, name, "with an output that overlaps itself");
        }
    }
}

// Every input in the output's memory, an element further on, or the same where that is not allowed.
static void spoil_overlap(problem *p)
{
    for (uint32_t i = 0; i < p->op->n_in; i++) {
        const weir_array *x = &p->in_views[i];
        size_t size = weir_dtype_size(x->dtype), bytes;
        if (!p->in[i].memory || w_array_count(x) == 0)
            continue;
        bytes = (size_t)w_array_count(x) * size;
        attempt a = begin(p);
        // An output laid over the input: memory for both in one block, the output begins within.
        size_t out_bytes =
            (size_t)w_array_count(&p->out_views[0]) * weir_dtype_size(p->out_views[0].dtype);
        if (out_bytes == 0)
            continue;
        uint8_t *block = malloc(bytes + out_bytes + 64), *before = malloc(bytes + out_bytes + 64);
        assert_true(block && before);
        memset(block, 1, bytes + out_bytes + 64);
        a.in[i].data = block;
        a.in[i].strided = a.out[0].strided = false;
        // The first byte of the last element, rounded so that it is aligned.
        a.out[0].data = block + (bytes - size) / 8 * 8;
        if (w_array_count(x) == 1 && p->op->family == W_MAP)
            a.out[0].data = block + (size > 1 ? size / 2 : 0); // not the very view
        bool same_view = a.out[0].data == (void *)block && size == weir_dtype_size(a.out[0].dtype);
        if (p->op->in[i].kind == W_HOST) // its values are read first: give it valid ones
            for (int64_t k[WEIR_MAX_RANK] = {0}; k[0] < w_array_count(x); k[0]++)
                memcpy(block + (size_t)k[0] * size, element(x, k), size);
        memcpy(before, block, bytes + out_bytes + 64);
        if (!same_view)
            refuse(&a, WEIR_INVALID_ARGUMENT, "overlap", "with an output over an input");
        if (memcmp(before, block, bytes + out_bytes + 64)) {
            wrong++;
            print_error("%s overlapping: something was written\n", p->label);
        }
        free(block);
        free(before);
    }
}

// ---------------------------------------------------------------- attributes

static void set_field(problem *p, uint64_t *options, uint32_t attr, uint32_t word, int32_t value)
{
    size_t at = w_op_attr_offset(p->op, attr) + 4 * word;
    uint32_t given, size = (uint32_t)weir_op_options_size(p->op->number);
    memcpy(&given, (char *)options + 4, sizeof given);
    given |= UINT32_C(1) << attr;
    memcpy(options, &size, sizeof size);
    memcpy((char *)options + 4, &given, sizeof given);
    memcpy((char *)options + at, &value, sizeof value);
}

static void spoil_attributes(problem *p)
{
    uint64_t options[W_COUNT(p->options)];
    uint32_t *header = (uint32_t *)options;
    const char *name = p->op->name;
    attempt a = begin(p);
    a.options = options;
#define OPTIONS(...)                                 \
    do {                                             \
        memcpy(options, p->options, sizeof options); \
        __VA_ARGS__;                                 \
    } while (0)
    OPTIONS(header[0] = 0);
    refuse(&a, WEIR_INVALID_ARGUMENT, "struct_size", "with options of struct_size 0");
    OPTIONS(header[0] = 1 << 20);
    refuse(&a, WEIR_INVALID_ARGUMENT, "1048576", "with options of struct_size 2^20");
    OPTIONS(header[0] = UINT32_MAX); // whose words are 0, modulo 2^32
    refuse(&a, WEIR_INVALID_ARGUMENT, "4294967295", "with options of struct_size 2^32 - 1");
    OPTIONS(header[0] += 8, options[header[0] / 8 - 1] = UINT64_MAX);
    refuse(&a, WEIR_UNSUPPORTED, name, "with options of a later version");
    OPTIONS(header[1] = UINT32_C(1) << 31);
    refuse(&a, WEIR_INVALID_ARGUMENT, "given", "with an attribute given that is none");
    for (uint32_t i = 0; i < p->op->n_attr; i++) {
        const w_op_attr *attr = &p->op->attr[i];
        if (attr->kind == W_INTS) {
            OPTIONS(set_field(p, options, i, 0, -1));
            refuse(&a, WEIR_INVALID_ARGUMENT, attr->name, "with -1 values of an attribute");
            OPTIONS(set_field(p, options, i, 0, WEIR_MAX_RANK + 1));
            refuse(&a, WEIR_INVALID_ARGUMENT, attr->name, "with 9 values of an attribute");
            OPTIONS(set_field(p, options, i, 0, 1), set_field(p, options, i, 1, 77));
            refuse(&a, WEIR_OK, name, "with an axis of 77");
            OPTIONS(set_field(p, options, i, 0, 1), set_field(p, options, i, 1, INT32_MIN));
            refuse(&a, WEIR_OK, name, "with an axis of INT32_MIN");
            OPTIONS(set_field(p, options, i, 0, 2), set_field(p, options, i, 1, 0),
                    set_field(p, options, i, 2, 0));
            refuse(&a, WEIR_OK, name, "with an axis twice");
        } else if (attr->kind == W_FLAG) {
            OPTIONS(set_field(p, options, i, 0, 2));
            refuse(&a, WEIR_INVALID_ARGUMENT, attr->name, "with a flag of 2");
        } else if (attr->positive) {
            static const uint32_t none[] = {0x80000000u, 0xbf800000u, 0x7fc00000u}; // -0, -1, NaN
            for (size_t k = 0; k < W_COUNT(none); k++) {
                OPTIONS(set_field(p, options, i, 0, (int32_t)none[k]));
                refuse(&a, WEIR_INVALID_ARGUMENT, attr->name, "with what is not above 0");
            }
        } else if (!strcmp(attr->name, "axis") && p->op->family == W_REDUCE &&
                   !(attribute_get(p, "flatten") && attribute_get(p, "flatten")->i)) {
            OPTIONS(set_field(p, options, i, 0, 8));
            refuse(&a, WEIR_INVALID_ARGUMENT, "8", "with an axis of 8");
            OPTIONS(set_field(p, options, i, 0, INT32_MIN));
            refuse(&a, WEIR_INVALID_ARGUMENT, "-2147483648", "with an axis of INT32_MIN");
        }
    }
#undef OPTIONS
}

// ---------------------------------------------------------------- every operation

static void test_every_op(void **state)
{
    (void)state;
    wrong = tried = 0;
    for (size_t i = 0; i < w_op_count; i++) {
        const w_op *op = &w_ops[i];
        for (size_t c = 0; c < combination_count(op); c++) {
            problem p;
            static const shape_row rows[W_FAMILIES] = {
                [W_MAP] = {"rows", DENSE, MAP_SAME, 2, {5, 7}},
                [W_REDUCE] = {"rows", DENSE, REDUCE_LAST, 2, {5, 7}},
                [W_CONTRACT] = {"matrix", DENSE, CONTRACT_MATRIX, 3, {5, 6, 7}},
                [W_MOVE] = {"three", DENSE, MOVE_RANDOM, 3, {5, 6, 7}},
                [W_ROW] = {"rows", DENSE, REDUCE_LAST, 2, {5, 7}},
                [W_SAMPLE] = {"image", DENSE, 0, 3, {5, 7, 3}},
                [W_SCAN] = {"rows", DENSE, REDUCE_LAST, 2, {5, 7}},
                [W_GATHER] = {"three", DENSE, MOVE_DEFAULT, 3, {5, 6, 7}},
                [W_HISTOGRAM] = {"rows", DENSE, REDUCE_LAST, 2, {5, 7}},
            };
            problem_make_row(&p, op, c, &rows[op->family], 11 + c);
            assert_int_equal(target_run(&targets[0], &p), WEIR_OK);
            spoil_counts(&p);
            for (uint32_t k = 0; k < op->n_in; k++)
                if (p.in[k].memory)
                    spoil_array(&p, false, k);
            for (uint32_t k = 0; k < op->n_out; k++)
                spoil_array(&p, true, k);
            spoil_outputs(&p);
            spoil_overlap(&p);
            spoil_attributes(&p);
            problem_free(&p);
        }
    }
    print_message("%zu wrong calls\n", tried);
    assert_int_equal(wrong, 0);
}

// Anything at all, as a question about shapes: an answer or a refusal, and no crash.
static void test_random_calls(void **state)
{
    static const int64_t odd[] = {0,
                                  1,
                                  2,
                                  3,
                                  4,
                                  7,
                                  8,
                                  -1,
                                  INT64_MAX,
                                  INT64_MIN,
                                  INT32_MAX,
                                  INT64_C(1) << 32,
                                  INT64_C(1) << 59};
    random_state r = test_seed();
    size_t refused = 0, rounds = full_run() ? 2000000 : 200000;
    (void)state;
    for (size_t n = 0; n < rounds; n++) {
        const w_op *op = &w_ops[random_below(&r, (uint32_t)w_op_count)];
        weir_array in[W_MAX_IN] = {{0}}, out[W_MAX_OUT];
        uint64_t options[32];
        for (size_t k = 0; k < W_COUNT(options); k++)
            options[k] = random_below(&r, 3) ? 0 : (uint64_t)odd[random_below(&r, W_COUNT(odd))];
        uint32_t size = (uint32_t)weir_op_options_size(op->number);
        memcpy(options, &size, sizeof size);
        for (uint32_t i = 0; i < op->n_in; i++) {
            in[i].dtype = random_below(&r, 3) ? WEIR_F32 : (weir_dtype)random_below(&r, 12);
            in[i].rank = random_below(&r, 8) ? (int32_t)random_below(&r, 4)
                                             : (int32_t)odd[random_below(&r, W_COUNT(odd))];
            in[i].strided = random_below(&r, 2);
            for (int32_t k = 0; k < WEIR_MAX_RANK; k++) {
                in[i].shape[k] = random_below(&r, 5) ? 4 : odd[random_below(&r, W_COUNT(odd))];
                in[i].strides[k] = odd[random_below(&r, W_COUNT(odd))];
            }
        }
        weir_status status =
            weir_infer(targets[0].context, op->number, random_below(&r, 2) ? options : NULL, in,
                       random_below(&r, op->n_in + 2), out, op->n_out);
        refused += status != WEIR_OK;
        if (status != WEIR_OK && !*weir_message(NULL))
            fail_msg("%s was refused without a message", op->name);
    }
    print_message("%zu of %zu refused\n", refused, rounds);
    assert_true(refused > rounds / 10 && refused < rounds);
}

// A threshold of each of 2^52 images fits; 256 counts of each would be more than 2^59.
static void test_room_of_counts(void **state)
{
    const weir_array x = {.dtype = WEIR_U8, .rank = 2, .shape = {INT64_C(1) << 52, 1}};
    weir_array out;
    (void)state;
    weir_otsu_threshold_options otsu = {.struct_size = sizeof otsu, .n_axes = 1, .axes = {1}};
    assert_int_equal(weir_infer(targets[0].context, WEIR_OP_OTSU_THRESHOLD, &otsu, &x, 1, &out, 1),
                     WEIR_OK);
    assert_int_equal(out.shape[0], INT64_C(1) << 52);
    weir_histogram_options histogram = {.struct_size = sizeof histogram, .n_axes = 1, .axes = {1}};
    assert_int_equal(weir_infer(targets[0].context, WEIR_OP_HISTOGRAM, &histogram, &x, 1, &out, 1),
                     WEIR_INVALID_SHAPE);
    assert_non_null(strstr(weir_message(NULL), "[4503599627370496,256]"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_null),
        cmocka_unit_test(test_every_op),
        cmocka_unit_test(test_random_calls),
        cmocka_unit_test(test_room_of_counts),
    };
    return cmocka_run_group_tests_name("invalid", tests, targets_open, targets_close);
}
