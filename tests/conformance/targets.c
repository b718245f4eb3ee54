// SPDX-License-Identifier: Apache-2.0
// Every way to run an operation on this machine: an instruction set of the CPU, or a device.
#include "tests/conformance/conformance.h"

#include "backends/cpu/cpu.h"
#include "backends/cpu/isa.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

target targets[MAX_TARGETS];
size_t target_count, target_skips;

static weir_context *device_context;

bool is_cpu(const target *t)
{
    return !strcmp(t->info.backend, "cpu");
}

bool full_run(void)
{
    const char *text = getenv("WEIR_TEST_FULL");
    return text && *text && strcmp(text, "0") != 0;
}

bool every_dtype(void)
{
    const char *text = getenv("WEIR_SAME_BITS_WRITE");
    return text && *text;
}

uint32_t test_thinning(void)
{
    const char *text = getenv("WEIR_TEST_THIN");
    long n = text ? strtol(text, NULL, 10) : 1;
    return n > 0 && n < 1000 ? (uint32_t)n : 1;
}

uint32_t test_seed(void)
{
    const char *text = getenv("WEIR_TEST_SEED");
    return text ? (uint32_t)strtoul(text, NULL, 0) : 1;
}

bool test_turn(uint32_t seed, size_t a, size_t b, size_t c, size_t n)
{
    const uint64_t words[] = {seed, a, b, c, n};
    uint64_t hash = fnv1a(FNV_BEGIN, words, sizeof words);
    return (hash ^ hash >> 32) % n == 0;
}

// Whether a list of words has this one.
static bool names(const char *text, const char *word)
{
    size_t length = strlen(word);
    while (*text) {
        size_t n = strcspn(text, " ,");
        if (n == length && !strncmp(text, word, n))
            return true;
        text += n + (text[n] != 0);
    }
    return false;
}

bool test_takes(const w_op *op)
{
    const char *text = getenv("WEIR_TEST_OPS");
    return !text || !*text || names(text, op->name);
}

// A word of WEIR_TEST_REQUIRE that the name is or, before its colon, begins with.
bool target_required(const char *name)
{
    const char *text = getenv("WEIR_TEST_REQUIRE");
    while (text && *text) {
        size_t n = strcspn(text, " ,");
        if (n && !strncmp(name, text, n) && (name[n] == 0 || name[n] == ':'))
            return true;
        text += n + (text[n] != 0);
    }
    return false;
}

static int skip_target(const char *name, const char *why)
{
    target_skips++;
    print_message("SKIP target %s: %s\n", name, why);
    if (!target_required(name))
        return 0;
    print_error("%s is required here (WEIR_TEST_REQUIRE) and is missing: %s\n", name, why);
    return -1;
}

// Whether two targets of the CPU have the same rows of a family.
static bool same_rows(const target *t, const target *u, const char *family)
{
    const char *name, *why, *other;
    for (size_t i = 0; t->inside->ops->row(t->inside, i, &name, &why); i++) {
        u->inside->ops->row(u->inside, i, &name, &other);
        if (!strncmp(name, family, strlen(family)) && !why != !other)
            return false;
    }
    return true;
}

static void note_repeats(target *t)
{
    for (const target *u = targets; is_cpu(t) && u < t; u++)
        for (int f = 0; f < W_FAMILIES; f++)
            if (strchr(t->name, '-') && // add_plain()
                same_rows(t, u, w_family_names[f]))
                t->repeats |= UINT32_C(1) << f;
}

static void add_target(const char *name, weir_context *context, uint32_t number)
{
    target *t = &targets[target_count++];
    const char *unused;
    snprintf(t->name, sizeof t->name, "%s", name);
    t->context = context;
    t->inside = context->slots[number].device;
    assert_int_equal(weir_device_get(context, number, &t->info), WEIR_OK);
    memcpy(t->device, t->info.id, sizeof t->device);
    while (t->inside->ops->row(t->inside, t->rows, &unused, &unused))
        t->rows++;
    t->reached = calloc(t->rows + 1, sizeof *t->reached);
    assert_non_null(t->reached);
    note_repeats(t);
    print_message("target %s: %s (%s)\n", name, t->info.name, t->info.driver);
}

weir_context_options base_options(void)
{
    return (weir_context_options){.struct_size = sizeof(weir_context_options),
                                  .flags = WEIR_CONTEXT_NO_ENVIRONMENT | WEIR_CONTEXT_NO_PROFILE};
}

// A set without what the processor has beside it: the rows that this hides are run as well.
static void add_plain(const char *isa, const char *with, uint32_t features)
{
    weir_context_options o = base_options();
    weir_context *context;
    char name[32];
    o.flags |= WEIR_CONTEXT_CPU_ONLY;
    o.isa = isa;
    assert_int_equal(weir_context_create(&o, &context), WEIR_OK);
    snprintf(name, sizeof name, "%s-%s", isa, with);
    w_cpu_set_features(context->slots[0].device, features);
    add_target(name, context, 0);
}

// And one with tiles, where the kernel lets the process have them.
static void add_tiles(void)
{
    weir_context_options o = base_options();
    weir_context *context;
    o.flags |= WEIR_CONTEXT_CPU_ONLY | WEIR_CONTEXT_AMX;
    assert_int_equal(weir_context_create(&o, &context), WEIR_OK);
    if (w_cpu_features(context->slots[0].device) & W_TILES)
        add_target("avx512-amx", context, 0);
    else
        weir_context_destroy(context);
}

static int open_isas(void)
{
    // Scalar first: the others are compared with it.
    static const char *const names[] = {"scalar", "avx2", "avx512", "neon"};
    int result = 0;
    for (size_t i = 0; i < W_COUNT(names); i++) {
        weir_context_options o = base_options();
        weir_context *context;
        o.flags |= WEIR_CONTEXT_CPU_ONLY;
        o.isa = names[i];
        if (weir_context_create(&o, &context) != WEIR_OK) {
            result |= skip_target(names[i], weir_message(NULL));
            continue;
        }
        add_target(names[i], context, 0);
        uint32_t features = w_cpu_features(context->slots[0].device);
        if (features & (W_AVXVNNI | W_VNNI | W_DOTPROD))
            add_plain(names[i], "plain", features & (W_AVX2 | W_AVX512 | W_NEON));
        if (features & W_I8MM)
            add_plain(names[i], "dotprod", features & ~(uint32_t)W_I8MM);
        else if (features & W_NEON)
            result |= skip_target("neon-dotprod", "the processor lacks I8MM beside dot products");
    }
    add_tiles();
    return result;
}

static bool backend_found(const char *backend)
{
    for (size_t t = 0; t < target_count; t++)
        if (!strcmp(targets[t].info.backend, backend))
            return true;
    return false;
}

static int open_devices(void)
{
    static const char *const expected_backends[] = {"opencl", "vulkan"};
    weir_context_options o = base_options();
    const char *name, *why;
    int result = 0;
    assert_int_equal(weir_context_create(&o, &device_context), WEIR_OK);
    assert_int_equal(weir_devices_wait(device_context, WEIR_FOREVER), WEIR_OK);
    for (uint32_t d = 1; d < weir_device_count(device_context) && target_count < MAX_TARGETS; d++) {
        weir_device_info info;
        assert_int_equal(weir_device_get(device_context, d, &info), WEIR_OK);
        add_target(info.id, device_context, d);
    }
    for (size_t i = 0; weir_backend_absent(device_context, i, &name, &why); i++)
        result |= skip_target(name, why);
    for (size_t b = 0; b < W_COUNT(expected_backends); b++) {
        bool known = backend_found(expected_backends[b]);
        for (size_t i = 0; weir_backend_absent(device_context, i, &name, &why); i++)
            known |= !strcmp(name, expected_backends[b]);
        if (!known)
            result |= skip_target(expected_backends[b], "this build has no such backend");
    }
    return result;
}

int targets_open(void **state)
{
    (void)state;
    int result = open_isas();
    result |= open_devices();
    print_message("seed %" PRIu32 ", %s\n", test_seed(),
                  full_run() ? "everything" : "a slice (WEIR_TEST_FULL=1 runs everything)");
    return result;
}

int targets_close(void **state)
{
    (void)state;
    for (size_t t = 0; t < target_count; t++) {
        free(targets[t].reached);
        if (targets[t].context != device_context)
            weir_context_destroy(targets[t].context);
    }
    weir_context_destroy(device_context);
    if (target_skips)
        print_message("%zu targets were SKIPPED, see above\n", target_skips);
    return 0;
}

// The row that the launch took: prepare() depends on operation, dtypes and shape class alone.
static void note_row(target *t, const problem *p)
{
    w_desc desc;
    w_kernel *kernel;
    size_t workspace;
    const char *name, *why;
    weir_array out[W_MAX_OUT];
    memcpy(out, p->out_views, sizeof out);
    if (w_describe(p->op, p->options, p->in_views, p->n_in, out, p->op->n_out, false, &desc) !=
            WEIR_OK ||
        desc.empty || t->inside->ops->prepare(t->inside, &desc, &kernel, &workspace) != WEIR_OK)
        return;
    const w_kernel_info *info = (const w_kernel_info *)(const void *)kernel; // its first member
    for (size_t i = 0; t->inside->ops->row(t->inside, i, &name, &why); i++)
        if (!strcmp(name, info->row))
            t->reached[i] = true;
}

weir_status target_call(target *t, problem *p)
{
    weir_call_options call = {.struct_size = sizeof call, .device = t->device};
    for (uint32_t o = 0; o < p->op->n_out; o++)
        held_reset(&p->out[o]);
    return weir_run(t->context, p->op->number, p->options, p->in_views, p->n_in, p->out_views,
                    p->op->n_out, &call);
}

weir_status target_run(target *t, problem *p)
{
    weir_status status = target_call(t, p);
    if (status == WEIR_OK)
        note_row(t, p);
    return status;
}

uint64_t *take_bits(const problem *p)
{
    size_t count = 0, n = 0;
    for (uint32_t o = 0; o < p->op->n_out; o++)
        count += (size_t)w_array_count(&p->out[o].view);
    uint64_t *bits = malloc((count + 1) * sizeof *bits);
    assert_non_null(bits);
    for (uint32_t o = 0; o < p->op->n_out; o++) {
        int64_t index[WEIR_MAX_RANK] = {0};
        const weir_array *a = &p->out[o].view;
        for (bool more = w_array_count(a) > 0; more; more = next_index(a, index))
            bits[n++] = load_bits(element(a, index), a->dtype);
    }
    return bits;
}

size_t different(const problem *p, const uint64_t *pivot, char text[128])
{
    size_t wrong = 0, n = 0;
    for (uint32_t o = 0; o < p->op->n_out; o++) {
        int64_t index[WEIR_MAX_RANK] = {0};
        const weir_array *a = &p->out[o].view;
        for (bool more = w_array_count(a) > 0; more; more = next_index(a, index), n++) {
            uint64_t got = load_bits(element(a, index), a->dtype);
            if (!same_bits(pivot[n], got, a->dtype) && !wrong++)
                snprintf(text, 128, "element %zu is 0x%" PRIx64 ", not 0x%" PRIx64, n, got,
                         pivot[n]);
        }
    }
    return wrong;
}

bool complain(size_t *count)
{
    enum { MOST = 25 };
    if (++*count == MOST)
        print_error("... and more\n");
    return *count < MOST;
}
