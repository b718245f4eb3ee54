// SPDX-License-Identifier: Apache-2.0
#include "tools/weir/tool.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *name = "";

void tool_name(const char *subcommand)
{
    name = subcommand;
}

static void complain(const char *format, va_list args)
{
    char line[1024];
    vsnprintf(line, sizeof line, format, args);
    // A driver's message may hold newlines; scripts read one line.
    for (char *c = line; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    tool_status(NULL);
    fprintf(stderr, "weir%s%s: %s\n", *name ? " " : "", name, line);
}

int tool_fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain(format, args);
    va_end(args);
    return TOOL_WRONG;
}

int tool_broken(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain(format, args);
    va_end(args);
    return TOOL_BROKEN;
}

int tool_fail_weir(const weir_context *context, weir_status status, const char *what)
{
    const char *message = weir_message(context);
    const char *text = *message ? message : weir_status_name(status);
    if (what)
        tool_fail("%s: %s", what, text);
    else
        tool_fail("%s", text);
    switch (status) {
    case WEIR_INVALID_ARGUMENT:
    case WEIR_INVALID_SHAPE:
    case WEIR_INVALID_DTYPE:
    case WEIR_UNAVAILABLE:
    case WEIR_UNSUPPORTED:
        return TOOL_WRONG;
    default:
        return TOOL_BROKEN;
    }
}

int tool_context(const tool_machine *machine, uint32_t flags, weir_context **out)
{
    weir_context_options options = {.struct_size = sizeof options,
                                    .flags = flags,
                                    .threads = machine->threads,
                                    .isa = machine->isa,
                                    .device = machine->device};
    weir_status s = weir_context_create(&options, out);
    return s == WEIR_OK ? TOOL_OK : tool_fail_weir(NULL, s, NULL);
}

int tool_bring_up(weir_context *context)
{
    tool_status("looking for devices ...");
    weir_status s = weir_devices_wait(context, WEIR_FOREVER);
    tool_status(NULL);
    return s == WEIR_OK ? TOOL_OK : tool_fail_weir(context, s, NULL);
}

int tool_find_device(weir_context *context, const char *id, uint32_t *out)
{
    char known[256] = "";
    size_t used = 0;
    for (size_t i = 0; i < weir_device_count(context); i++) {
        weir_device_info info;
        if (weir_device_get(context, i, &info) != WEIR_OK)
            continue;
        if (!strcmp(info.id, id)) {
            *out = (uint32_t)i;
            return TOOL_OK;
        }
        int n = snprintf(known + used, sizeof known - used, "%s%s", used ? ", " : "", info.id);
        used = n > 0 && used + (size_t)n < sizeof known ? used + (size_t)n : used;
    }
    return tool_fail("--device %s: no such device here; there are: %s", id, known);
}

bool tool_colors(void)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(1) && !(no && *no) && !(term && !strcmp(term, "dumb"));
}

void tool_status(const char *text)
{
    static bool shown;
    if (!isatty(2) || (!text && !shown))
        return;
    fprintf(stderr, "\r\033[K%s", text ? text : "");
    fflush(stderr);
    shown = text != NULL;
}

uint64_t tool_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

// Three significant digits, and the unit of `units` whose step of `step` fits.
static const char *scaled(double v, double step, const char *const *units, size_t n_units,
                          char *out, size_t n)
{
    size_t u = 0;
    // 0.9995: what would round to 1000 of one unit is 1 of the next.
    for (; u + 1 < n_units && v >= step * 0.9995; u++)
        v /= step;
    int digits = v >= 99.95 || v == (double)(int)v ? 0 : v >= 9.995 ? 1 : 2;
    snprintf(out, n, "%.*f%s", digits, v, units[u]);
    return out;
}

const char *tool_count_text(double count, char *out, size_t n)
{
    static const char *const units[] = {"", " k", " M", " G", " T"};
    return scaled(count, 1000, units, 5, out, n);
}

const char *tool_time_text(double ns, char *out, size_t n)
{
    static const char *const units[] = {" ns", " us", " ms", " s"};
    return scaled(ns, 1000, units, 4, out, n);
}

const char *tool_bytes_text(double bytes, char *out, size_t n)
{
    static const char *const units[] = {" B", " KiB", " MiB", " GiB", " TiB"};
    return scaled(bytes, 1024, units, 5, out, n);
}
