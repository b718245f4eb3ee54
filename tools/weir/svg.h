// SPDX-License-Identifier: Apache-2.0
//
// A log-log plot as inline SVG; colours come from the page's style sheet (classes d0, d1, ...).
#ifndef TOOL_SVG_H
#define TOOL_SVG_H

#include <stddef.h>
#include <stdio.h>

#include <stdbool.h>

typedef struct svg_curve {
    const double *x, *y; // where y is not above 0 there is no point
    size_t n;
    unsigned color;
    bool dashed;
} svg_curve;

// A vertical line.
typedef struct svg_mark {
    double x;
    char label[64];
    unsigned color;
    bool dashed;
} svg_mark;

// Writes <svg>...</svg>; x counts, y nanoseconds. Nothing if no curve has a point.
void svg_plot(FILE *out, const char *title, const svg_curve *curves, size_t n_curves,
              const svg_mark *marks, size_t n_marks);
// Text for HTML and attributes: the five characters that mean something are escaped.
void svg_text(FILE *out, const char *text);

#endif
