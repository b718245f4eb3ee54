// SPDX-License-Identifier: Apache-2.0
//
// What every bench shares: flags, a clock and candidates timed in turn (harness/time.h), and a
// report that is printed as a table and written as JSON.
#ifndef BENCH_COMMON_H
#define BENCH_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <weir/weir.h>

#include "bench/harness/time.h"

// ---------------------------------------------------------------- flags

typedef enum bench_flag_kind {
    BENCH_ON,    // bool: no value
    BENCH_TEXT,  // const char *
    BENCH_COUNT, // uint32_t within min..max
    BENCH_REAL,  // double within min..max
} bench_flag_kind;

typedef struct bench_flag {
    const char *name; // without the dashes
    bench_flag_kind kind;
    void *target;
    const char *value, *help; // what the help calls the value; what it is
    double min, max;
} bench_flag;

// --json, --baseline and --tolerance, which every bench takes.
typedef struct bench_output {
    const char *json, *baseline;
    double tolerance;
} bench_output;

// Parses argv[1..]. Returns -1 to go on, else the exit status: 0 after the help, 2 after a line on
// stderr. `about` is a paragraph for the help.
int bench_args(int argc, char **argv, const char *name, const char *about, const bench_flag *flags,
               size_t n_flags, bench_output *output);

// Prints "NAME: ..." in one line on stderr and returns 1, or 2 for what the caller got wrong.
int bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
int bench_wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));
// A line on stderr that overwrites itself; nothing where stderr is no terminal. NULL clears it.
void bench_status(const char *format, ...) __attribute__((format(printf, 1, 2)));

// ---------------------------------------------------------------- what benches need of the host

// A fresh private folder for Weir's profile, and its removal with the files in it.
bool bench_folder(char *out, size_t n);
void bench_folder_remove(const char *folder);
// Memory aligned to 64 bytes, zeroed; a line on stderr and exit status 1 if there is none.
void *bench_memory(size_t bytes);

// ---------------------------------------------------------------- report

typedef struct bench_column {
    const char *key, *head; // in JSON; in the table
    bool left;              // aligned to the left; numbers stand to the right
} bench_column;

typedef struct bench_report bench_report;

// Machine and versions are described here, the load average as it was before anything is measured.
bench_report *bench_report_open(const char *name, const bench_column *columns, size_t n_columns);
void bench_machine(bench_report *report, const char *key, const char *value);
void bench_version(bench_report *report, const char *key, const char *value);
// The next cell of a row; a number that is not finite is "-" and null.
void bench_text(bench_report *report, const char *text);
void bench_number(bench_report *report, const char *format, double value)
    __attribute__((format(printf, 2, 0)));
// A line below the table, in JSON among "notes".
void bench_note(bench_report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
// A named figure, and whether more of it is better; one that is not finite is left out.
typedef enum bench_better { BENCH_LESS, BENCH_MORE } bench_better;
void bench_summary(bench_report *report, const char *name, double value, bench_better better);
// Prints the report, writes the JSON, compares with the baseline and frees. The exit status: 1
// where a figure is worse than the baseline's by more than the tolerance.
int bench_report_close(bench_report *report, const bench_output *output);

#endif
