// SPDX-License-Identifier: Apache-2.0
// The profile as text. Every number is a decimal integer; the parser takes exactly what the printer
// writes and nothing else.
#include "runtime/routing/profile.h"
#include "runtime/ops/canon.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char magic[] = "weir-profile 1";

uint64_t w_profile_hash(const char *bytes, size_t size)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325); // FNV-1a
    for (size_t i = 0; i < size; i++)
        h = (h ^ (uint8_t)bytes[i]) * UINT64_C(0x100000001b3);
    return h;
}

void w_profile_key_make(const w_device *cpu, const char *isa, uint32_t threads,
                        const w_device *device, w_profile_key *key)
{
    char uuid[33];
    for (int i = 0; i < 16; i++)
        snprintf(uuid + 2 * i, 3, "%02x", device->uuid[i]);
    snprintf(key->text, sizeof key->text,
             "canon %d; cpu %s; isa %s; threads %" PRIu32 "; kernels %s; device %s; name %s; "
             "uuid %s; driver %s; kernels %s",
             WEIR_CANON, cpu->info.name, isa ? isa : "", threads, cpu->key, device->info.id,
             device->info.name, uuid, device->info.driver, device->key);
    for (char *c = key->text; *c; c++) // drivers may say anything
        if (*c < ' ' || *c > '~')
            *c = '?';
}

// ---------------------------------------------------------------- printing

typedef struct printer {
    char *out;
    size_t used;
    bool full;
} printer;

__attribute__((format(printf, 2, 3))) static void print(printer *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    size_t room = W_PROFILE_MAX - p->used;
    int n = p->full ? -1 : vsnprintf(p->out + p->used, room, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= room)
        p->full = true;
    else
        p->used += (size_t)n;
}

static void print_points(printer *p, const w_cost_point *points, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        print(p, " %" PRIu64 ":%" PRIu64, points[i].work, points[i].value);
    print(p, "\n");
}

static void print_link(printer *p, const w_model *model, uint32_t device, bool up)
{
    w_link link;
    if (w_model_link(model, device, up, &link))
        print(p, "link %s %" PRIu64 " %" PRIu64 "\n", up ? "up" : "down", link.latency_ps,
              link.bytes_per_s);
}

size_t w_profile_print(const w_model *model, uint32_t device, const w_profile_key *key,
                       char out[W_PROFILE_MAX])
{
    printer p = {.out = out};
    w_cost_point points[W_SERIES_POINTS];
    print(&p, "%s\nkey %s\n", magic, key->text);
    print_link(&p, model, device, true);
    print_link(&p, model, device, false);
    for (uint32_t c = 0; c < W_CLASSES; c++) {
        uint32_t n = w_model_curve(model, device, c, points);
        if (!n)
            continue;
        print(&p, "curve %s %u", w_family_names[c / W_FAMILY_CLASSES], c % W_FAMILY_CLASSES);
        print_points(&p, points, n);
    }
    for (size_t i = 0; i < w_op_count; i++)
        for (uint32_t c = 0; c < W_FAMILY_CLASSES; c++) {
            uint32_t n = w_model_ratios(model, device, w_ops[i].number,
                                        (uint32_t)w_ops[i].family * W_FAMILY_CLASSES + c, points);
            if (!n)
                continue;
            print(&p, "ratio %s %u", w_ops[i].name, c);
            print_points(&p, points, n);
        }
    print(&p, "end %016" PRIx64 "\n", w_profile_hash(out, p.used));
    return p.full ? 0 : p.used;
}

// ---------------------------------------------------------------- parsing

typedef struct slice {
    const char *at, *end;
} slice;

// The first check runs with model NULL and touches nothing; the second fills the model.
typedef struct parser {
    w_model *model;
    uint32_t device;
    bool links[2];
    uint32_t curves;             // bit c: class c has been seen
    uint8_t ratios[W_MODEL_OPS]; // bit c: of this operation
} parser;

// Takes what comes before `separator` off the front; false where there is no separator.
static bool cut(slice *text, char separator, slice *out)
{
    const char *found = memchr(text->at, separator, (size_t)(text->end - text->at));
    if (!found)
        return false;
    *out = (slice){text->at, found};
    text->at = found + 1;
    return true;
}

// The next word of a line, which must not be empty.
static bool word(slice *line, slice *out)
{
    if (!cut(line, ' ', out)) {
        *out = *line;
        line->at = line->end;
    }
    return out->at < out->end;
}

static bool equals(slice s, const char *text)
{
    size_t n = (size_t)(s.end - s.at);
    return n == strlen(text) && !memcmp(s.at, text, n);
}

// A decimal integer without sign or leading zeros, from 1 to W_VALUE_MAX (0 where zero is true).
static bool number(slice s, bool zero, uint64_t *out)
{
    uint64_t v = 0;
    if (s.end - s.at < 1 || s.end - s.at > 18 || (*s.at == '0' && s.end - s.at > 1))
        return false;
    for (; s.at < s.end; s.at++) {
        if (*s.at < '0' || *s.at > '9')
            return false;
        v = v * 10 + (uint64_t)(*s.at - '0');
    }
    *out = v;
    return v <= W_VALUE_MAX && (v || zero);
}

static const char *read_points(slice line, w_cost_point *out, uint32_t *out_n)
{
    uint32_t n = 0;
    while (line.at < line.end) {
        slice point, work;
        if (n == W_SERIES_POINTS || !word(&line, &point) || !cut(&point, ':', &work) ||
            !number(work, false, &out[n].work) || !number(point, false, &out[n].value) ||
            (n && out[n].work <= out[n - 1].work))
            return "a point is odd";
        n++;
    }
    *out_n = n;
    return n ? NULL : "a series has no point";
}

// A status of the model as the parser's answer. A series that is full already keeps what it has.
static const char *taken(weir_status status)
{
    return status == WEIR_OUT_OF_MEMORY ? "no memory is left to hold it" : NULL;
}

static const char *read_link(parser *p, slice line)
{
    slice which, latency, rate;
    w_link link;
    if (!word(&line, &which) || !word(&line, &latency) || !word(&line, &rate) ||
        line.at != line.end || !number(latency, true, &link.latency_ps) ||
        !number(rate, false, &link.bytes_per_s))
        return "a link is odd";
    bool up = equals(which, "up");
    if ((!up && !equals(which, "down")) || p->links[up])
        return "a link is odd";
    p->links[up] = true;
    return p->model ? taken(w_model_set_link(p->model, p->device, up, &link)) : NULL;
}

static bool read_class(slice *line, uint32_t *out)
{
    slice text;
    uint64_t v;
    if (!word(line, &text) || !number(text, true, &v) || v >= W_FAMILY_CLASSES)
        return false;
    *out = (uint32_t)v;
    return true;
}

static const char *read_curve(parser *p, slice line)
{
    slice name;
    uint32_t family = 0, c, n;
    w_cost_point points[W_SERIES_POINTS];
    if (!word(&line, &name))
        return "a curve is odd";
    while (family < W_FAMILIES && !equals(name, w_family_names[family]))
        family++;
    if (family == W_FAMILIES || !read_class(&line, &c))
        return "a curve is odd";
    c += family * W_FAMILY_CLASSES;
    if (p->curves >> c & 1)
        return "a curve comes twice";
    p->curves |= UINT32_C(1) << c;
    const char *odd = read_points(line, points, &n);
    for (uint32_t i = 0; !odd && p->model && i < n; i++)
        odd = taken(w_model_set_curve(p->model, p->device, c, points[i].work, points[i].value));
    return odd;
}

static const char *read_ratio(parser *p, slice line)
{
    slice name;
    size_t op = 0;
    uint32_t c, n;
    w_cost_point points[W_SERIES_POINTS];
    if (!word(&line, &name))
        return "a ratio is odd";
    while (op < w_op_count && !equals(name, w_ops[op].name))
        op++;
    if (op == w_op_count || w_ops[op].number >= W_MODEL_OPS || !read_class(&line, &c))
        return "a ratio is odd";
    if (p->ratios[w_ops[op].number] >> c & 1)
        return "a ratio comes twice";
    p->ratios[w_ops[op].number] |= (uint8_t)(1u << c);
    c += (uint32_t)w_ops[op].family * W_FAMILY_CLASSES;
    const char *odd = read_points(line, points, &n);
    for (uint32_t i = 0; !odd && p->model && i < n; i++)
        odd = taken(w_model_set_ratio(p->model, p->device, w_ops[op].number, c, points[i].work,
                                      points[i].value));
    return odd;
}

static const char *read_records(parser *p, slice text)
{
    slice line, kind;
    while (text.at < text.end) {
        const char *odd = "a record is unknown";
        if (!cut(&text, '\n', &line) || !word(&line, &kind))
            return "a line is odd";
        if (equals(kind, "link"))
            odd = read_link(p, line);
        else if (equals(kind, "curve"))
            odd = read_curve(p, line);
        else if (equals(kind, "ratio"))
            odd = read_ratio(p, line);
        if (odd)
            return odd;
    }
    return NULL;
}

// Checks the last line and takes it off.
static bool check_end(slice *text)
{
    enum { END = sizeof "end 0123456789abcdef" }; // with its newline
    char want[END + 1];
    if (text->end - text->at < END)
        return false;
    const char *end = text->end - END;
    snprintf(want, sizeof want, "end %016" PRIx64 "\n",
             w_profile_hash(text->at, (size_t)(end - text->at)));
    text->end = end;
    return !memcmp(end, want, END);
}

const char *w_profile_parse(const char *text, size_t size, const w_profile_key *key, w_model *model,
                            uint32_t device)
{
    slice rest = {text, text + size}, line;
    if (size > W_PROFILE_MAX)
        return "it is larger than 64 KiB";
    if (!cut(&rest, '\n', &line) || !equals(line, magic))
        return "it is no profile of this version";
    slice all = {text, text + size}, kind;
    if (!check_end(&all) || all.end < rest.at)
        return "it is damaged";
    rest.end = all.end;
    if (!cut(&rest, '\n', &line) || !word(&line, &kind) || !equals(kind, "key") ||
        !equals(line, key->text))
        return "it belongs to another key";
    parser check = {0}, fill = {.model = model, .device = device};
    const char *odd = read_records(&check, rest);
    return odd ? odd : read_records(&fill, rest);
}
