// SPDX-License-Identifier: Apache-2.0
#include "tools/weir/table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void table_add(table *t, const char *format, ...)
{
    if (t->cells == t->room) {
        size_t room = t->room ? t->room * 2 : 64;
        void *grown = realloc(t->cell, room * sizeof *t->cell);
        if (!grown)
            return;
        t->cell = grown;
        t->room = room;
    }
    va_list args;
    va_start(args, format);
    vsnprintf(t->cell[t->cells++], TABLE_CELL, format, args);
    va_end(args);
}

// Characters of UTF-8, as far as alignment cares.
static int width_of(const char *text)
{
    int n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

void table_print(const table *t, FILE *out, int indent, bool colors)
{
    int width[TABLE_COLUMNS] = {0};
    size_t columns = t->columns;
    for (size_t i = 0; i < t->cells; i++) {
        int w = width_of(t->cell[i]);
        width[i % columns] = w > width[i % columns] ? w : width[i % columns];
    }
    int blanks = 0; // not yet written, so that no line ends in one
    for (size_t i = 0; i < t->cells; i++) {
        size_t c = i % columns;
        int pad = width[c] - width_of(t->cell[i]);
        bool right = t->right >> c & 1, last = c + 1 == columns || i + 1 == t->cells;
        if (c == 0)
            fprintf(out, "%*s%s", indent, "", colors && i == 0 ? "\033[1m" : "");
        blanks = c == 0 ? 0 : blanks + 2;
        blanks += right ? pad : 0;
        if (t->cell[i][0]) {
            fprintf(out, "%*s%s", blanks, "", t->cell[i]);
            blanks = 0;
        }
        blanks += right ? 0 : pad;
        if (last)
            fprintf(out, "%s\n", colors && i < columns ? "\033[0m" : "");
    }
}

void table_free(table *t)
{
    free(t->cell);
    memset(t, 0, sizeof *t);
}
