// SPDX-License-Identifier: Apache-2.0
#include "tools/weir/svg.h"

#include <math.h>

#include "tools/weir/tool.h"

enum {
    WIDTH = 440,
    HEIGHT = 290,
    LEFT = 56,
    RIGHT = 14,
    TOP = 14,
    BOTTOM = 34,
    LINE = 14,
    MARKS = 8
};

// The plotted range in decades, and where the frame stands.
typedef struct frame {
    double x0, x1, y0, y1;
    int top;
} frame;

void svg_text(FILE *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\'':
            fputs("&#39;", out);
            break;
        default:
            fputc(*text, out);
        }
}

static double at_x(const frame *f, double x)
{
    return LEFT + (log10(x) - f->x0) / (f->x1 - f->x0) * (WIDTH - LEFT - RIGHT);
}

static double at_y(const frame *f, double y)
{
    return HEIGHT - BOTTOM - (log10(y) - f->y0) / (f->y1 - f->y0) * (HEIGHT - BOTTOM - f->top);
}

static bool fit(frame *f, const svg_curve *curves, size_t n)
{
    double x0 = INFINITY, x1 = -INFINITY, y0 = INFINITY, y1 = -INFINITY;
    for (size_t c = 0; c < n; c++)
        for (size_t i = 0; i < curves[c].n; i++) {
            if (!(curves[c].y[i] > 0) || !(curves[c].x[i] > 0))
                continue;
            x0 = fmin(x0, log10(curves[c].x[i]));
            x1 = fmax(x1, log10(curves[c].x[i]));
            y0 = fmin(y0, log10(curves[c].y[i]));
            y1 = fmax(y1, log10(curves[c].y[i]));
        }
    if (!(x1 > x0) || !isfinite(y0) || !isfinite(y1))
        return false;
    // Whole decades upwards, and at least one.
    f->x0 = x0;
    f->x1 = x1;
    f->y0 = floor(y0);
    f->y1 = fmax(ceil(y1), f->y0 + 1);
    return true;
}

static void draw_grid(FILE *out, const frame *f)
{
    char text[32];
    double step = f->y1 - f->y0 > 7 ? 2 : 1;
    for (double d = f->y0; d <= f->y1 + 1e-9; d += step) {
        double y = at_y(f, pow(10, d));
        fprintf(out,
                "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" "
                "text-anchor=\"end\">%s</text>\n",
                LEFT, y, WIDTH - RIGHT, LEFT - 6, y + 4,
                tool_time_text(pow(10, d), text, sizeof text));
    }
    for (double d = ceil(f->x0 - 1e-9); d <= f->x1 + 1e-9; d++) {
        double x = at_x(f, pow(10, d));
        fprintf(out,
                "<path class=\"grid\" d=\"M%.1f %dV%d\"/><text x=\"%.1f\" y=\"%d\" "
                "text-anchor=\"middle\">%s</text>\n",
                x, f->top, HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 16,
                tool_count_text(pow(10, d), text, sizeof text));
    }
}

static void draw_curve(FILE *out, const frame *f, const svg_curve *c)
{
    bool open = false;
    fprintf(out, "<path class=\"curve d%u%s\" d=\"", c->color, c->dashed ? " dashed" : "");
    for (size_t i = 0; i < c->n; i++) {
        bool point = c->y[i] > 0 && c->x[i] > 0;
        if (point)
            fprintf(out, "%s%.1f %.1f", open ? "L" : "M", at_x(f, c->x[i]), at_y(f, c->y[i]));
        open = point;
    }
    fputs("\"/>\n", out);
}

// Whether the label stands to the right of its line: there is no room for it on the left.
static bool label_right(const frame *f, const svg_mark *m)
{
    return at_x(f, m->x) < LEFT + 200;
}

// Labels stand above the frame, one line each. In this order no line runs through a label of its
// own side: first those to the right of their lines, ascending, then those to the left, descending.
static bool before(const frame *f, const svg_mark *a, const svg_mark *b)
{
    if (label_right(f, a) != label_right(f, b))
        return label_right(f, a);
    return label_right(f, a) ? a->x < b->x : a->x > b->x;
}

static void draw_mark(FILE *out, const frame *f, const svg_mark *m, size_t line)
{
    double x = at_x(f, m->x), y = TOP + (double)line * LINE;
    bool right = label_right(f, m);
    fprintf(out,
            "<path class=\"mark d%u%s\" d=\"M%.1f %.1fV%d\"/><text class=\"t t%u\" x=\"%.1f\" "
            "y=\"%.1f\" text-anchor=\"%s\">",
            m->color, m->dashed ? " dashed" : "", x, y - 8, HEIGHT - BOTTOM, m->color,
            x + (right ? 5 : -5), y, right ? "start" : "end");
    svg_text(out, m->label);
    fputs("</text>\n", out);
}

void svg_plot(FILE *out, const char *title, const svg_curve *curves, size_t n_curves,
              const svg_mark *marks, size_t n_marks)
{
    frame f = {0};
    if (!fit(&f, curves, n_curves))
        return;
    const svg_mark *shown[MARKS];
    size_t n_shown = 0;
    for (size_t i = 0; i < n_marks && n_shown < MARKS; i++) {
        if (log10(marks[i].x) < f.x0 || log10(marks[i].x) > f.x1)
            continue;
        size_t at = n_shown++;
        for (; at > 0 && before(&f, &marks[i], shown[at - 1]); at--)
            shown[at] = shown[at - 1];
        shown[at] = &marks[i];
    }
    f.top = TOP + (int)n_shown * LINE;
    fprintf(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\"><title>", WIDTH, HEIGHT);
    svg_text(out, title);
    fputs("</title>\n", out);
    draw_grid(out, &f);
    for (size_t i = 0; i < n_curves; i++)
        draw_curve(out, &f, &curves[i]);
    for (size_t i = 0; i < n_shown; i++)
        draw_mark(out, &f, shown[i], i);
    fputs("</svg>\n", out);
}
