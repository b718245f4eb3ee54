// SPDX-License-Identifier: Apache-2.0
//
// A table of texts with aligned columns.
#ifndef TOOL_TABLE_H
#define TOOL_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { TABLE_COLUMNS = 16, TABLE_CELL = 160 };

typedef struct table {
    size_t columns, cells, room;
    unsigned right;           // bit i: column i is aligned to the right
    char (*cell)[TABLE_CELL]; // row after row, the first row the heads
} table;

// Appends a cell; a row is full after `columns` of them. Without memory the cell is left out.
void table_add(table *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
// Prints with `indent` spaces before each row; the heads in bold where `colors`.
void table_print(const table *t, FILE *out, int indent, bool colors);
void table_free(table *t);

#endif
