// SPDX-License-Identifier: Apache-2.0
#include "tools/weir/args.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/weir/tool.h"

enum { MAX_WORD = 48 };

// Levenshtein's distance of the first MAX_WORD characters, upper and lower case alike.
static size_t distance(const char *a, const char *b)
{
    size_t row[MAX_WORD + 1], na = strlen(a), nb = strlen(b);
    na = na < MAX_WORD ? na : MAX_WORD;
    nb = nb < MAX_WORD ? nb : MAX_WORD;
    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);
            size_t best = diagonal + !same;
            diagonal = row[j];
            best = row[j] + 1 < best ? row[j] + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            row[j] = best;
        }
    }
    return row[nb];
}

const char *tool_closest(const char *text, const char *const *names, size_t n)
{
    const char *found = NULL;
    size_t length = strlen(text), best = length < 5 ? 2 : length / 2;
    for (size_t i = 0; i < n; i++) {
        size_t d = distance(text, names[i]);
        // "softmax_" and "reduce" are prefixes rather than slips of a finger.
        if (length >= 3 && !strncmp(text, names[i], length))
            d = 1;
        if (d < best) {
            best = d;
            found = names[i];
        }
    }
    return found;
}

static void print_left(const tool_flag *f, char *out, size_t n)
{
    snprintf(out, n, "  --%s%s%s", f->name, f->value ? " " : "", f->value ? f->value : "");
}

static void print_help(const tool_usage *usage)
{
    char left[64];
    int width = 8;
    for (size_t i = 0; i < usage->n_flags; i++) {
        print_left(&usage->flags[i], left, sizeof left);
        int length = (int)strlen(left);
        width = length > width ? length : width;
    }
    printf("usage: %s\n\n%s\n\n", usage->line, usage->about);
    for (size_t i = 0; i < usage->n_flags; i++) {
        print_left(&usage->flags[i], left, sizeof left);
        const char *text = usage->flags[i].help;
        for (const char *end; (end = strchr(text, '\n')); text = end + 1, left[0] = '\0')
            printf("%-*s  %.*s\n", width, left, (int)(end - text), text);
        printf("%-*s  %s\n", width, left, text);
    }
    printf("%-*s  %s\n", width, "  --help", "this text");
    if (usage->examples)
        printf("\nexamples:\n%s", usage->examples);
}

static int set_number(const tool_flag *f, const char *value)
{
    char *end;
    errno = 0;
    double v = strtod(value, &end);
    if (end == value || *end || errno || !isfinite(v))
        return tool_fail("--%s %s: not a number", f->name, value);
    if (f->kind == TOOL_COUNT && v != floor(v))
        return tool_fail("--%s %s: not a whole number", f->name, value);
    if (v < f->min || v > f->max)
        return tool_fail("--%s %s: must be from %g to %g", f->name, value, f->min, f->max);
    if (f->kind == TOOL_COUNT)
        *(uint32_t *)f->target = (uint32_t)v;
    else
        *(double *)f->target = v;
    return -1;
}

static int set_value(const tool_flag *f, const char *value)
{
    tool_texts *texts = f->target;
    // An empty text is a shell's variable that was not set, not an answer.
    if ((f->kind == TOOL_TEXT || f->kind == TOOL_TEXTS) && !*value)
        return tool_fail("--%s: its value is empty", f->name);
    switch (f->kind) {
    case TOOL_ON:
        *(bool *)f->target = true;
        return -1;
    case TOOL_TEXT:
        *(const char **)f->target = value;
        return -1;
    case TOOL_TEXTS:
        if (texts->n == TOOL_MAX_TEXTS)
            return tool_fail("--%s: given more than %d times", f->name, TOOL_MAX_TEXTS);
        texts->item[texts->n++] = value;
        return -1;
    default:
        return set_number(f, value);
    }
}

static const tool_flag *find_flag(const tool_usage *usage, const char *name, size_t length)
{
    for (size_t i = 0; i < usage->n_flags; i++)
        if (strlen(usage->flags[i].name) == length && !memcmp(usage->flags[i].name, name, length))
            return &usage->flags[i];
    return NULL;
}

static int unknown_flag(const tool_usage *usage, const char *given)
{
    const char *names[TOOL_MAX_TEXTS];
    size_t n = usage->n_flags < TOOL_MAX_TEXTS ? usage->n_flags : TOOL_MAX_TEXTS;
    for (size_t i = 0; i < n; i++)
        names[i] = usage->flags[i].name;
    const char *close = tool_closest(given + strspn(given, "-"), names, n);
    if (close)
        return tool_fail("unknown flag %s; did you mean --%s?", given, close);
    return tool_fail("unknown flag %s; --help lists the flags", given);
}

// One flag at argv[*i]; moves *i over its value.
static int take_flag(int argc, char **argv, int *i, const tool_usage *usage)
{
    const char *name = argv[*i] + 2, *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    const tool_flag *f = strncmp(argv[*i], "--", 2) ? NULL : find_flag(usage, name, length);
    if (!f)
        return unknown_flag(usage, argv[*i]);
    if (f->kind == TOOL_ON)
        return equals ? tool_fail("--%s takes no value", f->name) : set_value(f, NULL);
    if (equals)
        return set_value(f, equals + 1);
    if (*i + 1 >= argc)
        return tool_fail("--%s needs a value: --%s %s", f->name, f->name, f->value);
    *i += 1;
    return set_value(f, argv[*i]);
}

int tool_args(int argc, char **argv, const tool_usage *usage, tool_texts *positional)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
            if (!usage->special || argv[1][0] == '-' || !usage->special(argv[1]))
                print_help(usage);
            return 0;
        }
    bool flags = true;
    for (int i = 1; i < argc; i++) {
        if (flags && !strcmp(argv[i], "--")) {
            flags = false;
        } else if (flags && argv[i][0] == '-' && argv[i][1]) {
            int r = take_flag(argc, argv, &i, usage);
            if (r >= 0)
                return r;
        } else if (!positional || positional->n == TOOL_MAX_TEXTS) {
            return tool_fail("unexpected argument \"%s\"; --help shows the usage", argv[i]);
        } else {
            positional->item[positional->n++] = argv[i];
        }
    }
    return -1;
}
