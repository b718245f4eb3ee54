// SPDX-License-Identifier: Apache-2.0
//
// What `weir bench` and `bench/peers` share: the cases that are measured, Weir's and the machine's
// own part in them, and what is made of the times. It knows include/weir alone. Peers come in as
// contenders; `weir bench` adds none.
#ifndef HARNESS_H
#define HARNESS_H

#include <stdbool.h>
#include <stdio.h>

#include <weir/weir.h>

#include "bench/harness/time.h"

enum { HARNESS_IN = 8, HARNESS_CONTENDERS = BENCH_CANDIDATES, HARNESS_OPTIONS = 512 };

// One operation on one size: arrays filled with values that the operation is made for.
typedef struct harness_case {
    const char *group; // of harness_groups
    char name[48];     // of the plot: "exp", "sum, rows", "f32, a transposed"
    char shape[48];
    double size;                // the plot's x: elements, or the product's n
    double work;                // of a call, in `unit`
    const char *unit;           // "flop", "op", "byte", "element"
    weir_op op;                 // 0: no single operation
    const char *op_name, *form; // form: which peers' expression this is (expressions.def)
    _Alignas(16) unsigned char options[HARNESS_OPTIONS]; // of weir_run(), where has_options
    bool has_options;
    weir_array in[HARNESS_IN], out;
    size_t n_in;
    int64_t m, n, k; // of a product; a is m x k, or k x m where trans_a
    bool trans_a, trans_b;
    bool streams;     // so large and so simple that memory is the limit
    int chain;        // of harness_chains, or -1
    double tolerance; // by which results may differ, relative to the largest of them
    uint32_t samples;
} harness_case;

typedef enum harness_role {
    HARNESS_WEIR,
    HARNESS_PEER,
    HARNESS_CEILING, // what the machine can do at best, or the bare loop of a call
    HARNESS_OTHER,   // shown, compared with nothing
} harness_role;

typedef struct harness_contender {
    const char *key; // in JSON: "openblas"
    char name[48], version[160];
    harness_role role;
    double linger_ms; // how long its threads spin on after a call
    void *state;
    // Makes ready for the case; false where it has nothing of the kind, and nothing is to be
    // undone.
    bool (*prepare)(void *state, const harness_case *c, bench_candidate *out);
    // After a call: the output, as the case's is; NULL where it cannot be looked at. May be NULL.
    const void *(*result)(void *state, const harness_case *c);
    void (*finish)(void *state);
} harness_contender;

typedef struct harness_row {
    const char *group, *unit;
    char name[48], shape[48];
    double size, work;
    // By contender, NAN where it took no part: the median of a call in nanoseconds, the fastest
    // sample, and the median over the turns of its time over Weir's.
    double ns[HARNESS_CONTENDERS], least[HARNESS_CONTENDERS], ratio[HARNESS_CONTENDERS];
} harness_row;

typedef struct harness_options {
    const char *only, *ops, *sizes; // lists with commas, NULL: all
    const char *isa;
    uint32_t threads, samples;
    double sample_ms;
    bool quick, no_amx;
    void (*status)(const char *text); // a line that overwrites itself; NULL clears it
} harness_options;

typedef struct harness_figure {
    char name[48];
    double value;
    bool more; // whether more is better
} harness_figure;

typedef struct harness {
    harness_options options;
    weir_context *context;
    weir_status failure; // of a call of Weir's while it was measured
    harness_contender contender[HARNESS_CONTENDERS];
    size_t n_contenders; // number 0 is Weir
    harness_row *row;
    size_t n_rows, rows_room;
    char **note;
    size_t n_notes;
    harness_figure figure[32];
    size_t n_figures;
    char cpu[128], weir_cpu[128], date[16], *machine_note;
    double load_before;
} harness;

extern const char *const harness_groups[];
extern const size_t harness_n_groups;

// A context of the CPU as the options say, with these flags besides.
weir_status harness_context(const harness_options *options, uint32_t flags, weir_context **out);
// Opens the context; Weir and the machine's ceilings are the first contenders. On failure the
// message is weir_message().
weir_status harness_open(harness *h, const harness_options *options);
void harness_close(harness *h);
// A copy of `contender` joins; false where there are too many.
bool harness_join(harness *h, const harness_contender *contender);
void harness_note(harness *h, const char *format, ...) __attribute__((format(printf, 2, 3)));
// Names that are in no list of ours: the first one that --only or --ops holds and nothing knows.
const char *harness_unknown(const harness_options *options, const char **out_flag);
// Whether a list with commas names it; an empty or absent list names all.
bool harness_listed(const char *list, const char *name);

// Measures all that the options select.
weir_status harness_measure(harness *h);
// One case, of which only the arrays' shapes and dtypes are set yet: fills, times, releases.
void harness_measure_case(harness *h, harness_case *c);
// Another row, whose times are all NAN; NULL without memory.
harness_row *harness_new_row(harness *h);
// What was timed becomes a row; who[i] is the number of timed[i]'s contender.
void harness_keep_row(harness *h, const harness_case *c, const bench_candidate *timed,
                      const size_t *who, size_t n, uint32_t samples);
// The summary's figures, of the rows there are.
void harness_summarize(harness *h);
void harness_add_figure(harness *h, const char *name, double value, bool more);
// Best peer of a row: its number, or 0 where there is none.
size_t harness_best_peer(const harness *h, const harness_row *r);

// The parts of harness_measure().
void harness_products(harness *h);
void harness_elementwise(harness *h);
void harness_rows(harness *h);
void harness_chains(harness *h);
void harness_calls(harness *h);
// The contenders that are always there.
harness_contender harness_weir(harness *h);
harness_contender harness_packed(harness *h);
harness_contender harness_separate(harness *h);
harness_contender harness_peak(harness *h);
harness_contender harness_stream(harness *h);
harness_contender harness_loop(harness *h);

// An operation's inputs (operations.def): the dtype and range of input i.
typedef struct harness_inputs {
    const char *name; // of the operation
    weir_dtype dtype;
    double low[3], high[3];
    const char *attributes; // "key=value,..."
    bool streams;           // simple enough that memory limits it where it is large
    bool all;               // the optional inputs as well
} harness_inputs;
const harness_inputs *harness_inputs_of(const char *op);

// A chain of three operations over x and w.
typedef struct harness_chain {
    const char *text, *op[3];
    bool takes_w[3];
} harness_chain;
extern const harness_chain harness_chain_list[];
extern const size_t harness_n_chains;

// ---- what is made of the rows

void harness_print(const harness *h, FILE *out);
// 0, or 1 where the file cannot be written; errno says why.
int harness_write_json(const harness *h, FILE *out);
int harness_write_page(const harness *h, FILE *out);
// A report that was written as JSON; NULL where it is none. For cJSON_Delete().
struct cJSON *harness_read_json(const char *path);
// Compares the summary with that of an earlier JSON. 0; 1: a figure is worse by more than the band;
// 2: no such report, or none of its figures is here.
int harness_compare(const harness *h, const char *path, double band, FILE *out);

// "1.23 us"; three digits.
const char *harness_time_text(double ns, char *out, size_t n);

#endif
