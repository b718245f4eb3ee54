// SPDX-License-Identifier: Apache-2.0
// Promise 1: the same bits wherever an operation runs. Every operation with every combination of
// dtypes in every shape on every target, against the scalar CPU; the matrix is printed at the end,
// and every row of every kernels.def must have been reached. The scalar results of fixed problems
// are also held against committed hashes, which change with WEIR_CANON only.
#include "tests/conformance/conformance.h"
#include "tests/conformance/same_bits.h"

#include "runtime/ops/canon.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

enum { MAX_OPS = 256 };

// What happened to an operation on a target, by the dtype of what it computes with.
typedef struct cell {
    size_t same, other, refused;
    char why[128];
} cell;

static cell cells[MAX_OPS][WEIR_F64 + 1][MAX_TARGETS];
static bool has_run[MAX_OPS][MAX_TARGETS];

// The widest of a problem's inputs: of a condition and values that of the values.
static weir_dtype value_dtype(const problem *p)
{
    const w_op_output *o = &p->op->out[0];
    bool follows = o->rule == W_SAME || o->rule == W_SAME_OR;
    return p->in_views[follows && p->in_views[o->input].dtype ? o->input : 0].dtype;
}

// ---------------------------------------------------------------- every pair

// In a slice a device takes each operation once at least, and a part of them in all shapes. A set
// without what the processor has beside it takes what that changes: for the rest it is the same code.
static bool takes_part(size_t t, size_t row, size_t combination)
{
    if (targets[t].repeats >> w_ops[row].family & 1 && !every_dtype())
        return false;
    bool once = !has_run[row][t] && (row + test_seed()) % test_thinning() == 0;
    return is_cpu(&targets[t]) || once || device_in_slice(&w_ops[row], combination);
}

static void compare_targets(problem *p, size_t row, size_t combination, size_t *complaints)
{
    uint64_t *pivot = NULL;
    for (size_t t = 0; t < target_count; t++) {
        if (!takes_part(t, row, combination))
            continue;
        cell *c = &cells[row][value_dtype(p)][t];
        char text[128] = "";
        weir_status status = target_run(&targets[t], p);
        if (status != WEIR_OK) {
            c->refused++;
            snprintf(c->why, sizeof c->why, "%s", weir_message(NULL));
            if (t == 0)
                break; // test_every_op_runs says so
            continue;
        }
        has_run[row][t] = true;
        if (!pivot)
            pivot = take_bits(p);
        if (different(p, pivot, text) == 0) {
            c->same += w_array_count(&p->out_views[0]) > 0; // of nothing everything is the same
            continue;
        }
        c->other++;
        snprintf(c->why, sizeof c->why, "%s", text);
        if (complain(complaints))
            print_error("%s on %s: %s\n", p->label, targets[t].name, text);
    }
    free(pivot);
}

static void test_every_pair(void **state)
{
    size_t complaints = 0, ran = 0, left_out = 0;
    (void)state;
    assert_true(w_op_count <= MAX_OPS);
    for (size_t row = 0; row < w_op_count; row++) {
        const w_op *op = &w_ops[row];
        for (size_t c = 0; c < combination_count(op) && test_takes(op); c++) {
            for (size_t s = 0; s < shape_count(op); s++) {
                problem p;
                if (!full_run() && !shape_in_slice(op, c, s, test_seed())) {
                    left_out++;
                    continue;
                }
                problem_make(&p, op, c, s, test_seed());
                if (!p.refused)
                    compare_targets(&p, row, c, &complaints);
                problem_free(&p);
                ran++;
            }
        }
    }
    print_message("%zu problems on %zu targets; %zu left out\n", ran, target_count, left_out);
    assert_int_equal(complaints, 0);
}

// What is known to run on fewer targets, and says so: each is printed in the table as unavailable,
// and counted. In f64 the C library's functions run on the CPU alone (docs/operations.md).
static bool is_gap(const w_op *op, weir_dtype d)
{
    return d == WEIR_F64 && op->in[0].dtypes & W_MATH_F64;
}

// A target that refuses an operation is no failure of the bits, but one of the promise that every
// operation runs everywhere; where the target is required, it fails.
static void test_every_op_runs(void **state)
{
    size_t complaints = 0, gaps = 0;
    (void)state;
    for (size_t row = 0; row < w_op_count; row++)
        for (weir_dtype d = WEIR_BOOL; d <= WEIR_F64; d++)
            for (size_t t = 0; t < target_count; t++) {
                const cell *c = &cells[row][d][t];
                if (!c->refused)
                    continue;
                bool cpu = is_cpu(&targets[t]);
                if (!cpu && is_gap(&w_ops[row], d)) {
                    gaps++;
                    continue;
                }
                if (cpu || c->same || target_required(targets[t].name)) {
                    complaints++;
                    print_error("%s of %s does not run on %s: %s\n", w_ops[row].name,
                                weir_dtype_name(d), targets[t].name, c->why);
                }
            }
    print_message("%zu operations and dtypes do not run on a target and are known not to\n", gaps);
    assert_int_equal(complaints, 0);
}

// The family whose name a row's begins with.
static w_family family_of(const char *row)
{
    int f = 0;
    while (f < W_FAMILIES - 1 && strncmp(row, w_family_names[f], strlen(w_family_names[f])))
        f++;
    return (w_family)f;
}

// Whether the first input has the dtype that a row's name speaks of; f32 where it speaks of none.
static bool suits(const w_op *op, size_t combination, const char *row)
{
    static const struct {
        const char *word;
        weir_dtype dtype;
    } words[] = {{"_i32", WEIR_S32},
                 {"_i64", WEIR_S64},
                 {"_f64", WEIR_F64},
                 {"_s8", WEIR_S8},
                 {"_int", WEIR_S8}};
    weir_dtype dtypes[W_MAX_IN] = {0}, wanted = WEIR_F32;
    char text[64];
    for (size_t i = 0; i < W_COUNT(words); i++)
        if (strstr(row, words[i].word))
            wanted = words[i].dtype;
    combination_get(op, combination, dtypes, text);
    return dtypes[0] == wanted;
}

// Whether it is the set of the other without what the processor has beside it (add_plain()). Of the
// targets that can run a row the first, or its plain set, has none better.
static bool is_plain_of(const target *t, const target *other)
{
    size_t n = strlen(other->name);
    return !strncmp(t->name, other->name, n) && t->name[n] == '-';
}

// A slice may have passed a row by: then problems of its family follow until one comes there, those
// that suit before the others, and every one is compared as well. True where one did.
static bool seek_row(target *t, size_t i, const char *name, size_t *complaints)
{
    for (int others = 0; others < 2; others++)
        for (size_t row = 0; row < w_op_count; row++)
            for (size_t c = 0; c < combination_count(&w_ops[row]); c++)
                for (size_t s = 0; s < shape_count(&w_ops[row]); s++) {
                    problem p;
                    if (w_ops[row].family != family_of(name) ||
                        suits(&w_ops[row], c, name) == (others == 1))
                        break;
                    problem_make(&p, &w_ops[row], c, s, test_seed());
                    if (!p.refused && target_run(&targets[0], &p) == WEIR_OK) {
                        char text[128];
                        uint64_t *pivot = take_bits(&p);
                        if (target_run(t, &p) == WEIR_OK && different(&p, pivot, text) &&
                            complain(complaints))
                            print_error("%s on %s: %s\n", p.label, t->name, text);
                        free(pivot);
                    }
                    problem_free(&p);
                    if (t->reached[i])
                        return true;
                }
    return false;
}

// WEIR_FAST alone comes there, which gives up the same bits.
static bool has_other_bits(const char *row)
{
    return !strncmp(row, "contract_fast_", strlen("contract_fast_"));
}

static char *row_text; // for the page

// A thinner slice has too few problems to reach all rows.
static bool must_reach(void)
{
    return test_thinning() <= 4;
}

static void test_every_row_is_reached(void **state)
{
    size_t complaints = 0, unreachable = 0, size = 0;
    (void)state;
    for (size_t i = 0; i < w_op_count; i++)
        if (!test_takes(&w_ops[i])) {
            print_message("SKIP rows: WEIR_TEST_OPS leaves operations out\n");
            skip();
        }
    FILE *rows = open_memstream(&row_text, &size);
    assert_non_null(rows);
    // A row is reached where any target of its backend reached it: the best instruction set hides
    // the others from a context, not from the test.
    for (size_t t = 0; t < target_count; t++) {
        const char *name, *why;
        for (size_t i = 0; targets[t].inside->ops->row(targets[t].inside, i, &name, &why); i++) {
            bool reached = false, possible = false, seen = false;
            target *able = NULL;
            const char *reason = why;
            for (size_t u = 0; u < target_count; u++) {
                if (strcmp(targets[u].info.backend, targets[t].info.backend) ||
                    i >= targets[u].rows)
                    continue;
                bool cpu = is_cpu(&targets[u]);
                if (!cpu && u != t)
                    continue;
                seen |= cpu && u < t; // the CPU's rows are printed once
                const char *here = NULL;
                targets[u].inside->ops->row(targets[u].inside, i, &name, &here);
                reached |= targets[u].reached[i];
                possible |= !here;
                if (!here && (!able || is_plain_of(&targets[u], able)))
                    able = &targets[u];
                reason = here ? here : reason;
            }
            if (seen)
                continue;
            if (has_other_bits(name)) {
                possible = reached; // never
                reason = reason ? reason : "WEIR_FAST, within a bound: test_fast";
            }
            if (possible && !reached && !full_run() && must_reach())
                reached = seek_row(able, i, name, &complaints);
            unreachable += !possible;
            const char *device = is_cpu(&targets[t]) ? "cpu" : targets[t].name;
            const char *word = reached ? "reached" : possible ? "NOT REACHED" : reason;
            print_message("  %-10s %-24s %s\n", device, name, word);
            fprintf(rows, "| %s | %s | %s |\n", device, name, word);
            complaints += possible && !reached;
        }
    }
    fclose(rows);
    print_message("%zu rows cannot run on this machine\n", unreachable);
    if (!must_reach())
        print_message("rows that were not reached are no failure of so thin a slice\n");
    else
        assert_int_equal(complaints, 0);
}

// ---------------------------------------------------------------- committed hashes

enum { HASH_SEED = 20250, HASH_SHAPES = 6 };

// NaNs count as one value: payload and sign are free.
static uint64_t hash_array(uint64_t hash, const weir_array *a)
{
    int64_t index[WEIR_MAX_RANK] = {0};
    for (bool more = w_array_count(a) > 0; more; more = next_index(a, index)) {
        uint64_t bits = load_bits(element(a, index), a->dtype);
        if (bits_are_nan(bits, a->dtype))
            bits = 0x7fc00000;
        hash = fnv1a(hash, &bits, sizeof bits);
    }
    return hash;
}

// Hashes of what goes into and comes out of the first shapes that have several elements.
static void hash_problems(const w_op *op, size_t combination, uint64_t *out_in, uint64_t *out_out)
{
    size_t taken = 0;
    *out_in = *out_out = FNV_BEGIN;
    for (size_t s = 0; s < shape_count(op) && taken < HASH_SHAPES; s++) {
        problem p;
        problem_make(&p, op, combination, s, HASH_SEED);
        if (w_array_count(&p.out_views[0]) > 1 && !p.refused) {
            assert_int_equal(target_run(&targets[0], &p), WEIR_OK);
            for (size_t i = 0; i < p.n_in; i++)
                if (p.in[i].memory)
                    *out_in = hash_array(*out_in, &p.in_views[i]);
            *out_in = fnv1a(*out_in, p.options, sizeof p.options);
            for (uint32_t o = 0; o < op->n_out; o++)
                *out_out = hash_array(*out_out, &p.out_views[o]);
            taken++;
        }
        problem_free(&p);
    }
}

// In f64 the C library's functions differ from machine to machine.
static bool has_hash(const w_op *op, const weir_dtype *dtypes)
{
    return !(dtypes[0] == WEIR_F64 && op->in[0].dtypes & W_MATH_F64);
}

static void write_hashes(const char *path)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f,
            "# Hashes of results: operation, dtypes, FNV-1a of the inputs, of the outputs.\n"
            "# They change only with WEIR_CANON, or where an operation's new attribute makes other problems. Renew: WEIR_CANON_WRITE=tests/data/canon.txt "
            "build/tests/test_same_bits\n"
            "WEIR_CANON %d\n",
            WEIR_CANON);
    for (size_t row = 0; row < w_op_count; row++)
        for (size_t c = 0; c < combination_count(&w_ops[row]); c++) {
            weir_dtype dtypes[W_MAX_IN] = {0};
            char text[64];
            uint64_t in, out;
            combination_get(&w_ops[row], c, dtypes, text);
            if (!has_hash(&w_ops[row], dtypes))
                continue;
            hash_problems(&w_ops[row], c, &in, &out);
            fprintf(f, "%s %s %016" PRIx64 " %016" PRIx64 "\n", w_ops[row].name, text, in, out);
        }
    assert_int_equal(fclose(f), 0);
    print_message("wrote %s\n", path);
}

// A committed line for this operation and these dtypes.
static bool find_line(FILE *f, const char *op, const char *dtypes, uint64_t *in, uint64_t *out)
{
    char line[256], name[64], types[64];
    rewind(f);
    while (fgets(line, sizeof line, f))
        if (sscanf(line, "%63s %63s %" SCNx64 " %" SCNx64, name, types, in, out) == 4 &&
            !strcmp(name, op) && !strcmp(types, dtypes))
            return true;
    return false;
}

static void test_hashes(void **state)
{
    static const char path[] = WEIR_TEST_DATA "/canon.txt";
    const char *write = getenv("WEIR_CANON_WRITE");
    size_t changed = 0, missing = 0, kept = 0;
    int canon = 0;
    char line[256];
    (void)state;
    if (write && *write) {
        write_hashes(write);
        return;
    }
    FILE *f = fopen(path, "r");
    if (!f)
        fail_msg("%s is missing; WEIR_CANON_WRITE=FILE writes it", path);
    while (fgets(line, sizeof line, f) && sscanf(line, "WEIR_CANON %d", &canon) != 1)
        ;
    for (size_t row = 0; row < w_op_count; row++)
        for (size_t c = 0; c < combination_count(&w_ops[row]); c++) {
            weir_dtype dtypes[W_MAX_IN] = {0};
            char text[64];
            uint64_t in, out, old_in, old_out;
            combination_get(&w_ops[row], c, dtypes, text);
            if (!has_hash(&w_ops[row], dtypes))
                continue;
            if (!find_line(f, w_ops[row].name, text, &old_in, &old_out)) {
                missing++;
                continue;
            }
            hash_problems(&w_ops[row], c, &in, &out);
            kept += in == old_in && out == old_out;
            changed += in != old_in || out != old_out;
            if (in != old_in)
                print_error("%s(%s): the problems changed, not the numbers: renew the hashes\n",
                            w_ops[row].name, text);
            else if (out != old_out)
                print_error("%s(%s): the results changed\n", w_ops[row].name, text);
        }
    fclose(f);
    print_message("%zu hashes hold, %zu operations and dtypes have none yet\n", kept, missing);
    if (canon != WEIR_CANON)
        fail_msg("the hashes are of WEIR_CANON %d, this is %d: renew them with "
                 "WEIR_CANON_WRITE=tests/data/canon.txt",
                 canon, WEIR_CANON);
    if (missing)
        fail_msg("%zu operations and dtypes have no hash yet: add theirs with "
                 "WEIR_CANON_WRITE=tests/data/canon.txt, and see that no other line changes",
                 missing);
    if (changed)
        fail_msg("results changed and WEIR_CANON is still %d: raise it in runtime/ops/canon.h and "
                 "renew the hashes with WEIR_CANON_WRITE=tests/data/canon.txt",
                 WEIR_CANON);
}

// ---------------------------------------------------------------- the matrix

// How it went: a word, or "" where the slice did not come to it.
static const char *word_of(const cell *c)
{
    return c->other                 ? "bounded"
           : c->same && !c->refused ? "identical"
           : c->same                ? "in part"
           : c->refused             ? "unavailable"
                                    : "";
}

// Whether two dtypes of an operation went alike on every target.
static bool alike(size_t row, weir_dtype d, weir_dtype e)
{
    for (size_t t = 0; t < target_count; t++)
        if (strcmp(word_of(&cells[row][d][t]), word_of(&cells[row][e][t])))
            return false;
    return true;
}

static bool was_run(size_t row, weir_dtype d)
{
    return word_of(&cells[row][d][0])[0] != 0;
}

// The targets of a table, by number; -1: one that this machine lacks.
typedef struct columns {
    size_t n;
    int target[MAX_TARGETS];
} columns;

static columns own_columns(void)
{
    columns c = {.n = target_count};
    for (size_t t = 0; t < target_count; t++)
        c.target[t] = (int)t;
    return c;
}

// A line for each group of dtypes that went alike.
static void put_lines(FILE *out, const columns *c, size_t row, const char *head,
                      const char *cell_format, const char *end)
{
    for (weir_dtype d = WEIR_BOOL; d <= WEIR_F64; d++) {
        char dtypes[80] = "";
        bool first = was_run(row, d);
        for (weir_dtype e = WEIR_BOOL; e < d && first; e++)
            first = !was_run(row, e) || !alike(row, d, e);
        if (!first)
            continue;
        for (weir_dtype e = d; e <= WEIR_F64; e++)
            if (was_run(row, e) && alike(row, d, e))
                snprintf(dtypes + strlen(dtypes), sizeof dtypes - strlen(dtypes), "%s%s",
                         *dtypes ? " " : "", weir_dtype_name(e));
        fprintf(out, head, w_ops[row].name, dtypes);
        for (size_t k = 0; k < c->n; k++)
            fprintf(out, cell_format, c->target[k] < 0 ? "" : word_of(&cells[row][d][c->target[k]]));
        fputs(end, out);
    }
}

static void print_matrix(void)
{
    const columns own = own_columns();
    printf("\n%-18s %-40s", "same bits", "dtypes");
    for (size_t t = 0; t < target_count; t++)
        printf(" %-12s", targets[t].name);
    printf("\n");
    for (size_t row = 0; row < w_op_count; row++)
        put_lines(stdout, &own, row, "%-18s %-40s", " %-12s", "\n");
    for (size_t row = 0; row < w_op_count; row++)
        for (weir_dtype d = WEIR_BOOL; d <= WEIR_F64; d++)
            for (size_t t = 0; t < target_count; t++) {
                const cell *c = &cells[row][d][t];
                if (c->why[0])
                    printf("    %s of %s on %s: %zu same, %zu other, %zu refused; %s\n",
                           w_ops[row].name, weir_dtype_name(d), targets[t].name, c->same, c->other,
                           c->refused, c->why);
            }
}

// ---------------------------------------------------------------- docs/same-bits.md

static void write_head(FILE *f)
{
    fprintf(
        f,
        "<!-- Written by WEIR_SAME_BITS_WRITE=docs/same-bits.md build/tests/test_same_bits; with "
        "WEIR_TEST_OPS the lines of these operations alone, with WEIR_TEST_FULL=1 in all shapes. "
        "-->\n"
        "# The same bits\n\n"
        "Every operation, dtype and target of the test `same_bits`: *identical* to the "
        "scalar CPU in every bit of every problem, NaNs counting as one value; *unavailable*: the "
        "target says that it does not run it. The hashes of the scalar CPU's results are the same "
        "on every machine (`tests/data/canon.txt`). WEIR_CANON is %d.\n",
        WEIR_CANON);
}

static bool leaves_out(void)
{
    for (size_t row = 0; row < w_op_count; row++)
        if (!test_takes(&w_ops[row]))
            return true;
    return false;
}

// What stands above the lines.
static void write_table_head(FILE *f)
{
    fprintf(f, "\n");
    for (size_t t = 0; t < target_count; t++)
        fprintf(f, "- `%s`: %s\n", targets[t].name, targets[t].info.driver);
    fprintf(f, "\n" PAGE_HEAD);
    for (size_t t = 0; t < target_count; t++)
        fprintf(f, " %s |", targets[t].name);
    fprintf(f, "\n| --- | --- |");
    for (size_t t = 0; t < target_count; t++)
        fprintf(f, " --- |");
    fprintf(f, "\n");
}

// The columns of a section that is there: this machine may have others.
static columns columns_of(const char *section)
{
    columns c = {.n = 0};
    const char *at = strstr(section, "\n" PAGE_HEAD);
    char name[40];
    int used = 0;
    at = at ? at + strlen("\n" PAGE_HEAD) : "";
    while (c.n < MAX_TARGETS && sscanf(at, " %39[^ |\n] |%n", name, &used) == 1 && used) {
        c.target[c.n] = -1;
        for (size_t t = 0; t < target_count; t++)
            if (!strcmp(targets[t].name, name))
                c.target[c.n] = (int)t;
        c.n++;
        at += used;
        used = 0;
    }
    return c;
}

// What this run left out (WEIR_TEST_OPS) stays as it was.
static void write_section(FILE *f, const char *old)
{
    bool part = leaves_out() && page_copy_head(f, old);
    const columns c = part ? columns_of(old) : own_columns();
    if (!part)
        write_table_head(f);
    for (size_t row = 0; row < w_op_count; row++) {
        if (test_takes(&w_ops[row]))
            put_lines(f, &c, row, "| %s | %s |", " %s |", "\n");
        else
            page_copy(f, old, &w_ops[row]);
    }
    fprintf(f, "\n| device | row of its kernels.def | |\n| --- | --- | --- |\n");
    if (row_text)
        fputs(row_text, f);
    else
        page_copy_rows(f, old);
}

static void write_page(const char *path)
{
    struct utsname own;
    char *old[PAGE_MACHINES];
    for (size_t m = 0; m < PAGE_MACHINES; m++)
        old[m] = page_read(path, page_machines[m]);
    assert_int_equal(uname(&own), 0);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    write_head(f);
    for (size_t m = 0; m < PAGE_MACHINES; m++) {
        bool here = !strcmp(own.machine, page_machines[m]);
        if (here)
            fprintf(f, "\n## %s\n", page_machines[m]);
        if (here)
            write_section(f, old[m]);
        else
            fputs(old[m], f);
        free(old[m]);
    }
    assert_int_equal(fclose(f), 0);
    printf("wrote %s\n", path);
}

static int finish(void **state)
{
    const char *page = getenv("WEIR_SAME_BITS_WRITE");
    print_matrix();
    if (page && *page)
        write_page(page);
    free(row_text);
    return targets_close(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page),          cmocka_unit_test(test_every_pair),
        cmocka_unit_test(test_every_op_runs), cmocka_unit_test(test_every_row_is_reached),
        cmocka_unit_test(test_hashes),
    };
    return cmocka_run_group_tests_name("same_bits", tests, targets_open, finish);
}
