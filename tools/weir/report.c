// SPDX-License-Identifier: Apache-2.0
//
// The demo's report: one page that needs nothing but itself.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/weir/crossovers.h"
#include "tools/weir/demo.h"
#include "tools/weir/output.h"
#include "tools/weir/svg.h"

enum { POINTS = 60, MAX_CURVES = 16, MAX_MARKS = 16, COLORS = 6 };

static const char style[] =
    ":root{color-scheme:light dark;--bg:#fcfcfa;--fg:#1c2126;--dim:#626b73;--line:#dcdfdf;"
    "--card:#fff;--good:#1d7a46;--bad:#b3261e;--d0:#4a5560;--d1:#0b74c4;--d2:#c2410c;--d3:#7a3fb5;"
    "--d4:#0f766e;--d5:#a3195b}\n"
    "@media(prefers-color-scheme:dark){:root{--bg:#14181b;--fg:#e4e8ea;--dim:#98a2a9;"
    "--line:#30373c;--card:#1b2024;--good:#5fcb8f;--bad:#ff8a80;--d0:#b4bec6;--d1:#5cb3f5;"
    "--d2:#fb8c52;--d3:#c29bf0;--d4:#4fd1c0;--d5:#f58ab8}}\n"
    "*{box-sizing:border-box}body{margin:0 auto;max-width:72rem;padding:2rem 1rem 4rem;"
    "background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}\n"
    "h1{font-size:1.7rem;margin:0}h2{font-size:1.15rem;margin:2.6rem 0 .4rem}"
    "h3{font-size:1rem;margin:0 0 .3rem;font-weight:600}p{margin:.3rem 0 .8rem;max-width:46rem}"
    ".dim,figcaption{color:var(--dim)}.small,figcaption{font-size:.85rem}\n"
    ".wide{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem;"
    "font-variant-numeric:tabular-nums}th,td{text-align:left;padding:.3rem .9rem .3rem 0;"
    "border-bottom:1px solid var(--line);vertical-align:top}th{font-weight:600;color:var(--dim);"
    "white-space:nowrap}td.n,th.n{text-align:right}td.k{white-space:nowrap}\n"
    ".good{color:var(--good);font-weight:600}.bad{color:var(--bad);font-weight:600}\n"
    ".cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,26rem),1fr));"
    "gap:1rem;margin:1rem 0}.card,figure{margin:0;padding:.8rem;background:var(--card);"
    "border:1px solid var(--line);border-radius:8px}figure img{width:100%;height:auto;"
    "display:block;border-radius:4px;margin-bottom:.5rem}\n"
    ".facts{display:flex;flex-wrap:wrap;gap:.6rem 2.4rem;margin:1.2rem 0 0}.facts div{"
    "font-size:.85rem;color:var(--dim)}.facts b{display:block;font-size:1.35rem;color:var(--fg);"
    "font-weight:600}.facts b.good{color:var(--good)}.facts b.bad{color:var(--bad)}\n"
    "svg{width:100%;height:auto;display:block;font:12px system-ui,sans-serif}svg text{"
    "fill:var(--dim)}svg "
    ".t{paint-order:stroke;stroke:var(--card);stroke-width:4px}.grid{stroke:var(--line);fill:none}."
    "curve{fill:none;stroke-width:2;"
    "stroke-linejoin:round}.mark{fill:none;stroke-width:1}.mark,.curve{stroke:var(--d0)}"
    ".curve.dashed{stroke-dasharray:6 4}.mark.dashed{stroke-dasharray:2 3}"
    ".key{display:inline-flex;align-items:center;gap:.4rem;margin-right:1.2rem}"
    ".key svg{width:28px;height:10px}details{margin:1rem 0}summary{cursor:pointer}\n"
    "svg .t0{fill:var(--d0)}.d1{stroke:var(--d1)!important}svg .t1{fill:var(--d1)}"
    ".d2{stroke:var(--d2)!important}svg .t2{fill:var(--d2)}.d3{stroke:var(--d3)!important}"
    "svg .t3{fill:var(--d3)}.d4{stroke:var(--d4)!important}svg .t4{fill:var(--d4)}"
    ".d5{stroke:var(--d5)!important}svg .t5{fill:var(--d5)}\n";

static unsigned color_of(size_t device)
{
    return device == 0 ? 0 : (unsigned)((device - 1) % (COLORS - 1) + 1);
}

static void cell(FILE *f, const char *class, const char *text)
{
    fprintf(f, "<td%s%s%s>", *class ? " class=\"" : "", class, *class ? "\"" : "");
    svg_text(f, text);
    fputs("</td>", f);
}

static void base64(FILE *f, const void *data, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *b = data;
    for (size_t i = 0; i < n; i += 3) {
        unsigned v = (unsigned)b[i] << 16;
        v |= i + 1 < n ? (unsigned)b[i + 1] << 8 : 0;
        v |= i + 2 < n ? b[i + 2] : 0;
        fputc(digit[v >> 18], f);
        fputc(digit[v >> 12 & 63], f);
        fputc(i + 1 < n ? digit[v >> 6 & 63] : '=', f);
        fputc(i + 2 < n ? digit[v & 63] : '=', f);
    }
}

static void head(FILE *f, const demo *d)
{
    fprintf(
        f,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
        "<title>weir demo</title>\n<style>%s</style></head>\n<body>\n<header><h1>weir demo</h1>"
        "<p class=\"dim\">Weir %s. An operation runs on the CPU while it is small and moves over "
        "to another device once that is faster; the crossover is measured, and the answer has "
        "the same bits everywhere.</p>\n",
        style, weir_version());
    uint32_t best = 0;
    for (size_t i = 0; i < d->n_rows; i++)
        best = d->row[i].automatic ? d->row[i].right_f32 : best;
    fprintf(f,
            "<div class=\"facts\"><div><b>%zu</b>devices found</div>"
            "<div><b>%u of %d</b>digits recognised</div>"
            "<div><b class=\"%s\">%s</b>same bits in %zu places</div>"
            "<div><b class=\"%s\">%s</b>equal to double precision</div></div></header>\n",
            weir_device_count(d->context), best, DIGITS_ASKED, d->same ? "good" : "bad",
            d->same ? "yes" : "no", d->n_places, d->reference ? "good" : "bad",
            d->reference ? "yes" : "no");
}

static void devices(FILE *f, const demo *d)
{
    fputs("<section><h2>Devices</h2>\n<div class=\"wide\"><table><tr><th>id</th><th>name</th>"
          "<th>driver</th><th class=\"n\">memory</th><th>verdict</th></tr>\n",
          f);
    for (size_t i = 0; i < weir_device_count(d->context); i++) {
        weir_device_info info;
        char memory[32];
        if (weir_device_get(d->context, i, &info) != WEIR_OK)
            continue;
        fputs("<tr>", f);
        cell(f, "k", info.id);
        cell(f, "", info.name);
        cell(f, "", info.driver);
        cell(f, "n k", tool_bytes_text((double)info.memory, memory, sizeof memory));
        cell(f, "", info.verdict);
        fputs("</tr>\n", f);
    }
    fputs("</table></div>\n", f);
    const char *backend, *why;
    for (size_t i = 0; weir_backend_absent(d->context, i, &backend, &why); i++) {
        fputs("<p class=\"dim small\">No ", f);
        svg_text(f, backend);
        fputs(" device: ", f);
        svg_text(f, why);
        fputs("</p>\n", f);
    }
    fputs("</section>\n", f);
}

static size_t add_marks(const demo *d, weir_op op, svg_mark *marks)
{
    size_t n = 0;
    for (uint32_t device = 1; device < weir_device_count(d->context); device++)
        for (int r = WEIR_ON_HOST; r <= WEIR_ON_DEVICE; r++) {
            weir_crossover c[CROSSOVERS_MAX];
            size_t count = weir_crossovers(d->context, op, (weir_residency)r, (int32_t)device, c,
                                           CROSSOVERS_MAX);
            for (size_t i = 1; i < count && i < CROSSOVERS_MAX && n < MAX_MARKS; i++) {
                weir_device_info info = {.id = "?"};
                char size[32];
                weir_device_get(d->context, c[i].device, &info);
                svg_mark *m = &marks[n++];
                m->x = (double)c[i].from;
                m->color = color_of(device);
                m->dashed = r == WEIR_ON_DEVICE;
                snprintf(m->label, sizeof m->label, "%s from %s%s", info.id,
                         tool_count_text(m->x, size, sizeof size), m->dashed ? ", data there" : "");
            }
        }
    return n;
}

static void plot(FILE *f, const demo *d, weir_op op, const weir_op_info *info)
{
    static double x[POINTS], y[MAX_CURVES][POINTS];
    svg_curve curves[MAX_CURVES];
    svg_mark marks[MAX_MARKS];
    size_t n = 0, devices = weir_device_count(d->context);
    // Sizes of a matrix product grow with the cube.
    bool cube = !strcmp(info->family, "contract");
    double least = cube ? 4 : 16, most = cube ? 2048 : 16 << 20;
    for (int i = 0; i < POINTS; i++)
        x[i] = round(least * pow(most / least, i / (double)(POINTS - 1)));
    for (size_t device = 0; device < devices; device++)
        for (int r = WEIR_ON_HOST; r <= WEIR_ON_DEVICE && n < MAX_CURVES; r++) {
            if (device == 0 && r == WEIR_ON_DEVICE)
                continue; // the CPU's data is on the host
            for (int i = 0; i < POINTS; i++)
                y[n][i] = weir_predict(d->context, op, (weir_residency)r, (uint64_t)x[i], device);
            curves[n] = (svg_curve){x, y[n], POINTS, color_of(device), r == WEIR_ON_DEVICE};
            n++;
        }
    fputs("<div class=\"card\"><h3>", f);
    svg_text(f, info->name);
    fprintf(f, "%s</h3>\n", cube ? " <span class=\"dim small\">n of n × n × n</span>" : "");
    svg_plot(f, info->name, curves, n, marks, add_marks(d, op, marks));
    fputs("</div>\n", f);
}

static void key(FILE *f, unsigned color, bool dashed, const char *text)
{
    fprintf(f,
            "<span class=\"key\"><svg viewBox=\"0 0 28 10\"><path class=\"curve d%u%s\" "
            "d=\"M0 5H28\"/></svg>",
            color, dashed ? " dashed" : "");
    svg_text(f, text);
    fputs("</span>", f);
}

static void plots(FILE *f, const demo *d)
{
    static const char *const first[] = {"exp",    "pow",    "reduce_sum",
                                        "argmax", "matmul", "quantize_linear"};
    weir_op ops[CROSSOVERS_OPS];
    bool shown[CROSSOVERS_OPS] = {false};
    size_t n = crossovers_ops(d->context, ops, CROSSOVERS_OPS), rest = 0;
    if (n == 0)
        return;
    fputs(
        "<section><h2>Time against size</h2>\n<p class=\"dim\">Predicted from what was measured "
        "here. Both axes are logarithmic; a vertical line marks a crossover.</p>\n<p class=\"small"
        "\">",
        f);
    for (size_t i = 0; i < weir_device_count(d->context); i++) {
        weir_device_info info = {.id = "?"};
        weir_device_get(d->context, i, &info);
        key(f, color_of(i), false, info.id);
    }
    key(f, 0, true, "data already on the device");
    fputs("</p>\n<div class=\"cards\">\n", f);
    for (size_t i = 0; i < n; i++) {
        weir_op_info info;
        if (weir_op_describe(ops[i], &info) != WEIR_OK)
            continue;
        for (size_t k = 0; k < sizeof first / sizeof first[0]; k++)
            shown[i] = shown[i] || !strcmp(first[k], info.name);
        rest += !shown[i];
        if (shown[i])
            plot(f, d, ops[i], &info);
    }
    fprintf(f, "</div>\n");
    if (rest)
        fprintf(f, "<details><summary>%zu more operations</summary><div class=\"cards\">\n", rest);
    for (size_t i = 0; i < n; i++) {
        weir_op_info info;
        if (!shown[i] && weir_op_describe(ops[i], &info) == WEIR_OK)
            plot(f, d, ops[i], &info);
    }
    fputs(rest ? "</div></details></section>\n" : "</section>\n", f);
}

static void crossovers(FILE *f, const demo *d)
{
    weir_op ops[CROSSOVERS_OPS];
    size_t n = crossovers_ops(d->context, ops, CROSSOVERS_OPS);
    size_t count = weir_device_count(d->context);
    if (n == 0 || count < 2)
        return;
    fputs(
        "<section><h2>Crossovers</h2>\n<p class=\"dim\">From which size a device beats the CPU, in "
        "elements; of a matrix product n, of n × n × n.</p>\n<details><summary>The table"
        "</summary><div class=\"wide\"><table><tr><th>operation</th><th>data on</th>",
        f);
    for (uint32_t i = 1; i < count; i++) {
        weir_device_info info = {.id = "?"};
        weir_device_get(d->context, i, &info);
        fprintf(f, "<th>%s</th>", info.id);
    }
    fputs("</tr>\n", f);
    for (size_t i = 0; i < 2 * n; i++) {
        weir_op_info info = {.name = "?"};
        char text[160];
        weir_residency r = i % 2 ? WEIR_ON_DEVICE : WEIR_ON_HOST;
        weir_op_describe(ops[i / 2], &info);
        fputs("<tr>", f);
        cell(f, "k", i % 2 ? "" : info.name);
        cell(f, "", i % 2 ? "device" : "host");
        for (uint32_t k = 1; k < count; k++)
            cell(f, "k", crossovers_text(d->context, ops[i / 2], r, k, text, sizeof text));
        fputs("</tr>\n", f);
    }
    fputs("</table></div></details></section>\n", f);
}

static void digits(FILE *f, const demo *d)
{
    fprintf(
        f,
        "<section><h2>Digits</h2>\n<p class=\"dim\">%d hand-written digits asked, each answered "
        "by the nearest of %d known ones: one matrix product of rows of unit length, in f32 and "
        "in int8. The double-precision reference has %u right.</p>\n<div class=\"wide\"><table>"
        "<tr><th>place</th><th class=\"n\">right, f32</th><th class=\"n\">time</th>"
        "<th class=\"n\">as reference</th><th class=\"n\">right, int8</th><th class=\"n\">time"
        "</th><th class=\"n\">SQNR</th><th>bits</th></tr>\n",
        DIGITS_ASKED, DIGITS_KNOWN, d->reference_right);
    for (size_t i = 0; i < d->n_rows; i++) {
        const demo_row *r = &d->row[i];
        char f32[32], int8[32];
        fputs("<tr>", f);
        cell(f, "k", r->place);
        if (*r->why) {
            fputs("<td colspan=\"7\">", f);
            svg_text(f, r->why);
            fputs("</td></tr>\n", f);
            continue;
        }
        fprintf(f,
                "<td class=\"n\">%u</td><td class=\"n k\">%s</td><td class=\"n\">%u</td>"
                "<td class=\"n\">%u</td><td class=\"n k\">%s</td><td class=\"n k\">%.1f dB</td>",
                r->right_f32, tool_time_text(r->ns_f32, f32, sizeof f32), r->agree, r->right_int8,
                tool_time_text(r->ns_int8, int8, sizeof int8), r->sqnr);
        cell(f, r->same ? "good" : "bad", r->same ? "same" : "different");
        fputs("</tr>\n", f);
    }
    fprintf(f,
            "</table></div>\n<p class=\"small\">Same bits on all %zu devices and instruction sets"
            "%s: <span class=\"%s\">%s</span>. Times are of the product alone.</p></section>\n",
            d->n_places, d->failed ? " that ran it" : "", d->same ? "good" : "bad",
            d->same ? "yes" : "no");
}

static void figure(FILE *f, const char *type, const void *data, size_t bytes, const char *name,
                   const char *text, const char *device)
{
    fprintf(f, "<figure><img alt=\"");
    svg_text(f, name);
    fprintf(f, "\" src=\"data:image/%s;base64,", type);
    base64(f, data, bytes);
    fputs("\"><figcaption>", f);
    svg_text(f, text);
    fputs(device ? "<br>on " : "", f);
    svg_text(f, device ? device : "");
    fputs("</figcaption></figure>\n", f);
}

static void pictures(FILE *f, const demo *d)
{
    fprintf(f,
            "<section><h2>Photo</h2>\n<p class=\"dim\">%d × %d pixels, each operation where Weir "
            "chose to run it.</p>\n<div class=\"cards\">\n",
            d->width, d->height);
    figure(f, "jpeg", d->photo, d->photo_bytes, "the photo", "the photo as it came", NULL);
    for (int i = 0; i < DEMO_PICTURES; i++) {
        const demo_picture *p = &d->picture[i];
        figure(f, "png", p->png, p->bytes, p->name, p->what, p->device);
    }
    fputs("</div></section>\n<footer class=\"dim small\"><p>Photo: danielbuechele, CC BY 2.0. "
          "Digits: \"Optical Recognition of Handwritten Digits\", E. Alpaydin and C. Kaynak, UCI "
          "Machine Learning Repository, CC BY 4.0.</p></footer>\n</body></html>\n",
          f);
}

int demo_report(const demo *d)
{
    tool_output o;
    char *path = demo_path(d->out, "report.html");
    if (!path)
        return tool_broken("no memory for the report");
    bool good = tool_output_open(&o, path);
    if (good) {
        head(o.file, d);
        devices(o.file, d);
        plots(o.file, d);
        crossovers(o.file, d);
        digits(o.file, d);
        pictures(o.file, d);
        good = tool_output_commit(&o, 1);
    }
    if (good)
        printf("   %s\n", path);
    free(path);
    return good ? TOOL_OK : TOOL_BROKEN;
}
