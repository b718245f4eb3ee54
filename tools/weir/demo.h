// SPDX-License-Identifier: Apache-2.0
//
// What the parts of `weir demo` hand each other.
#ifndef TOOL_DEMO_H
#define TOOL_DEMO_H

#include "tools/weir/tool.h"

enum { DEMO_ROWS = 40, DEMO_PICTURES = 3, DIGITS_KNOWN = 1000, DIGITS_ASKED = 797 };

// The digits in one place: the automatic choice, an instruction set of the CPU or a device.
typedef struct demo_row {
    char place[64];
    char why[160]; // not empty: it gave no result, and why
    bool automatic;
    uint32_t right_f32, right_int8; // of DIGITS_ASKED
    uint32_t agree;                 // f32 predictions that are the double-precision reference's
    double ns_f32, ns_int8;         // the product alone, the median of several runs
    double sqnr;                    // of the int8 products, dB
    bool same;                      // the bits of the first row that has any
    bool promised;                  // its self-test said that they would be
} demo_row;

typedef struct demo_picture {
    char name[32], what[96], device[32];
    void *png;
    size_t bytes;
} demo_picture;

typedef struct demo {
    weir_context *context;
    tool_machine machine;
    const char *data, *out; // folders
    double budget;
    demo_row row[DEMO_ROWS];
    size_t n_rows, n_places; // n_places: rows with a result that are not automatic
    bool same, reference;    // all rows' bits; all predictions are the reference's
    bool failed;             // a row gave no result
    bool broken;             // a row that promised these did not keep them
    uint32_t reference_right;
    demo_picture picture[DEMO_PICTURES];
    void *photo; // the JPEG file as it is
    size_t photo_bytes;
    int width, height;
} demo;

// "FOLDER/NAME"; malloc'ed, NULL without memory.
char *demo_path(const char *folder, const char *name);
// Each fills in its part of the demo and prints it. The exit status, after a line on stderr.
int demo_digits(demo *d);
int demo_photo(demo *d);
int demo_report(const demo *d);
// The table of the digits, for the terminal.
void demo_digits_print(const demo *d);
void demo_free(demo *d);

#endif
