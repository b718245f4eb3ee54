// SPDX-License-Identifier: Apache-2.0
//
// Flags of a subcommand as a table: one list parses them and prints the help.
#ifndef TOOL_ARGS_H
#define TOOL_ARGS_H

#include <stdbool.h>
#include <stddef.h>

enum { TOOL_MAX_TEXTS = 64 };

typedef struct tool_texts {
    const char *item[TOOL_MAX_TEXTS];
    size_t n;
} tool_texts;

typedef enum tool_flag_kind {
    TOOL_ON,    // bool: no value
    TOOL_TEXT,  // const char *: the last one given counts
    TOOL_TEXTS, // tool_texts: may be given several times
    TOOL_COUNT, // uint32_t within min..max
    TOOL_REAL,  // double within min..max
} tool_flag_kind;

typedef struct tool_flag {
    const char *name; // without the dashes
    tool_flag_kind kind;
    void *target;
    const char *value; // what the help calls the value; NULL for TOOL_ON
    const char *help;  // newlines start a new aligned line
    double min, max;
} tool_flag;

typedef struct tool_usage {
    const char *line;  // "weir op NAME --in A.npy ..."
    const char *about; // a paragraph
    const tool_flag *flags;
    size_t n_flags;
    const char *examples;
    // Called before the help with the first argument, if that is no flag; true: it printed a help
    // that says more. May be NULL.
    bool (*special)(const char *positional);
} tool_usage;

// Parses argv[1..]. `positional` takes what is no flag; NULL: nothing may be. Returns -1 to go on,
// else the exit status: the help was asked for and printed, or a line on stderr says what is wrong.
int tool_args(int argc, char **argv, const tool_usage *usage, tool_texts *positional);

// Of `n` names the one closest to `text`, or NULL if none is close.
const char *tool_closest(const char *text, const char *const *names, size_t n);

#endif
