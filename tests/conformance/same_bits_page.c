// SPDX-License-Identifier: Apache-2.0
// docs/same-bits.md, which test_same_bits writes: that it speaks of every operation and dtype.
#include "tests/conformance/conformance.h"
#include "tests/conformance/same_bits.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE_SIZE = 1 << 18 };

const char *const page_machines[] = {"x86_64", "aarch64"};

char *page_read(const char *path, const char *machine)
{
    FILE *f = fopen(path, "r");
    char *text = calloc(1, PAGE_SIZE), head[32];
    assert_non_null(text);
    if (f) {
        text[fread(text, 1, PAGE_SIZE - 1, f)] = '\0';
        fclose(f);
    }
    snprintf(head, sizeof head, "\n## %s\n", machine);
    const char *begin = strstr(text, head), *end = NULL;
    if (begin)
        end = strstr(begin + strlen(head), "\n## ");
    size_t n = begin ? (end ? (size_t)(end - begin) : strlen(begin)) : 0;
    memmove(text, begin ? begin : text, n);
    text[n] = '\0';
    return text;
}

static const char *next_line(const char *line)
{
    line += strcspn(line, "\n");
    return *line ? line + 1 : line;
}

static bool is_line_of(const char *line, const w_op *op)
{
    char head[80];
    int n = snprintf(head, sizeof head, "| %s |", op->name);
    return !strncmp(line, head, (size_t)n);
}

void page_copy(FILE *to, const char *section, const w_op *op)
{
    for (const char *line = section; *line; line = next_line(line))
        if (is_line_of(line, op))
            fprintf(to, "%.*s\n", (int)strcspn(line, "\n"), line);
}

bool page_copy_head(FILE *to, const char *section)
{
    const char *table = strstr(section, "\n" PAGE_HEAD);
    if (!table)
        return false;
    const char *begin = next_line(section + 1), *end = next_line(next_line(table + 1));
    fprintf(to, "%.*s", (int)(end - begin), begin);
    return true;
}

void page_copy_rows(FILE *to, const char *section)
{
    const char *rows = strstr(section, "\n| device |");
    const char *line = rows ? next_line(next_line(rows + 1)) : "";
    for (; *line == '|'; line = next_line(line))
        fprintf(to, "%.*s\n", (int)strcspn(line, "\n"), line);
}

// Every operation and dtype has its line there, and none says that bits differ. A section of
// another machine than the first lacks what is younger than its run.
void test_page(void **state)
{
    size_t missing = 0, other = 0;
    if (every_dtype()) {
        print_message("SKIP page: this run writes one\n");
        skip();
    }
    char *page = page_read(WEIR_TEST_DATA "/../../docs/same-bits.md", page_machines[0]);
    (void)state;
    for (size_t row = 0; row < w_op_count; row++)
        for (size_t c = 0; c < combination_count(&w_ops[row]); c++) {
            const w_op *op = &w_ops[row];
            weir_dtype dtypes[W_MAX_IN] = {0};
            char text[64], name[16];
            bool found = false;
            combination_get(op, c, dtypes, text);
            const w_op_output *o = &op->out[0];
            bool follows = (o->rule == W_SAME || o->rule == W_SAME_OR) && dtypes[o->input];
            snprintf(name, sizeof name, " %s ", weir_dtype_name(dtypes[follows ? o->input : 0]));
            for (const char *line = page; *line && !found; line = next_line(line)) {
                char own[256] = "";
                snprintf(own, sizeof own, "%.*s", (int)strcspn(line, "\n"), line);
                found = is_line_of(line, op) && strstr(own, name);
                other += found && (strstr(own, "bounded") || strstr(own, "in part"));
            }
            missing += !found;
            if (!found)
                print_error("docs/same-bits.md says nothing of %s of%s\n", op->name, name);
        }
    free(page);
    if (missing || other)
        fail_msg("%zu lines are missing, %zu tell of other bits: WEIR_TEST_OPS=... "
                 "WEIR_SAME_BITS_WRITE=docs/same-bits.md build/tests/test_same_bits",
                 missing, other);
}
