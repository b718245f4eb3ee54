// SPDX-License-Identifier: Apache-2.0
//
// Hand-written digits by their nearest neighbour: one matrix product, everywhere, bit for bit.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "tools/weir/crossovers.h"
#include "tools/weir/demo.h"
#include "tools/weir/table.h"

enum {
    KNOWN = DIGITS_KNOWN,
    ASKED = DIGITS_ASKED,
    PIXELS = 64,
    PRODUCTS = ASKED * KNOWN,
    RUNS = 5, // timed, after one that warms up
};

typedef struct digits {
    float known[KNOWN * PIXELS], asked[ASKED * PIXELS]; // rows of unit length
    int label[KNOWN + ASKED];
    double exact[PRODUCTS]; // of the rows in double precision
    int64_t nearest[ASKED]; // by these
    // The first place's results, which the others are compared with.
    float first_f32[PRODUCTS];
    int32_t first_int8[PRODUCTS];
    bool have_first;
    // A place's results.
    float product[PRODUCTS];
    int32_t product_int8[PRODUCTS];
    int8_t known_int8[KNOWN * PIXELS], asked_int8[ASKED * PIXELS];
    int64_t answer[ASKED];
} digits;

// Where a row runs.
typedef struct place {
    weir_context *context;
    const char *device; // NULL: Weir chooses
} place;

static bool parse_row(char *line, int *pixels, int *label)
{
    for (int i = 0; i <= PIXELS; i++) {
        char *end;
        long v = strtol(line, &end, 10);
        if (end == line || v < 0 || v > (i < PIXELS ? 16 : 9))
            return false;
        if (i < PIXELS)
            pixels[i] = (int)v;
        else
            *label = (int)v;
        if (*end != (i < PIXELS ? ',' : '\n') && !(i == PIXELS && strchr("\r", *end)))
            return false;
        line = end + 1;
    }
    return true;
}

static int read_rows(const char *path, double *unit, int *label)
{
    gzFile f = gzopen(path, "rb");
    if (!f)
        return tool_fail("%s: cannot be opened", path);
    int n = 0;
    char line[1024];
    while (n < KNOWN + ASKED && gzgets(f, line, sizeof line)) {
        int pixels[PIXELS];
        double square = 0;
        if (!parse_row(line, pixels, &label[n]))
            break;
        for (int i = 0; i < PIXELS; i++)
            square += (double)pixels[i] * pixels[i];
        for (int i = 0; i < PIXELS; i++)
            unit[n * PIXELS + i] = square > 0 ? pixels[i] / sqrt(square) : 0;
        n++;
    }
    gzclose(f);
    if (n < KNOWN + ASKED)
        return tool_fail("%s: row %d is not 64 pixels of 0..16 and a digit; there must be %d rows",
                         path, n + 1, KNOWN + ASKED);
    return TOOL_OK;
}

// What the answers are checked against: products and nearest neighbours in double precision.
static void make_reference(digits *g, const double *unit)
{
    const double *asked = unit + KNOWN * PIXELS;
    for (int i = 0; i < ASKED; i++)
        for (int j = 0; j < KNOWN; j++) {
            double sum = 0;
            for (int k = 0; k < PIXELS; k++)
                sum += asked[i * PIXELS + k] * unit[j * PIXELS + k];
            g->exact[i * KNOWN + j] = sum;
            if (j == 0 || sum > g->exact[i * KNOWN + g->nearest[i]])
                g->nearest[i] = j;
        }
    for (int i = 0; i < KNOWN * PIXELS; i++)
        g->known[i] = (float)unit[i];
    for (int i = 0; i < ASKED * PIXELS; i++)
        g->asked[i] = (float)asked[i];
}

static int load(digits *g, const char *folder)
{
    char *path = demo_path(folder, "digits.csv.gz");
    double *unit = malloc(sizeof(double) * (KNOWN + ASKED) * PIXELS);
    int r =
        path && unit ? read_rows(path, unit, g->label) : tool_broken("no memory for the digits");
    if (r == TOOL_OK)
        make_reference(g, unit);
    free(unit);
    free(path);
    return r;
}

static weir_array matrix(void *data, weir_dtype dtype, int64_t rows, int64_t columns)
{
    const int64_t shape[] = {rows, columns};
    return weir_array_dense(data, dtype, 2, shape);
}

static weir_status run(const place *p, weir_op op, const void *options, const weir_array *in,
                       size_t n_in, const weir_array *out)
{
    weir_call_options call = {.struct_size = sizeof call, .device = p->device};
    return weir_run(p->context, op, options, in, n_in, out, 1, &call);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// The median of RUNS runs after one that warms up; of fewer where two seconds have gone by.
static weir_status timed(const place *p, weir_op op, const void *options, const weir_array *in,
                         size_t n_in, const weir_array *out, double *ns)
{
    double sample[RUNS];
    int n = 0;
    uint64_t begin = tool_now();
    weir_status s = run(p, op, options, in, n_in, out);
    while (s == WEIR_OK && n < RUNS && (n == 0 || tool_now() - begin < 2000000000u)) {
        uint64_t t = tool_now();
        s = run(p, op, options, in, n_in, out);
        sample[n++] = (double)(tool_now() - t);
    }
    qsort(sample, (size_t)n, sizeof sample[0], ascending);
    *ns = n ? sample[n / 2] : 0;
    return s;
}

// The nearest of the known for each asked: the index of the largest of its row of products.
static weir_status nearest(const place *p, digits *g, float *product)
{
    weir_argmax_options options = {
        .struct_size = sizeof options, .given = WEIR_ARGMAX_KEEPDIMS, .axis = -1, .keepdims = 0};
    const int64_t rows = ASKED;
    weir_array in = matrix(product, WEIR_F32, ASKED, KNOWN);
    weir_array out = weir_array_dense(g->answer, WEIR_S64, 1, &rows);
    return run(p, WEIR_OP_ARGMAX, &options, &in, 1, &out);
}

static uint32_t right(const digits *g)
{
    uint32_t n = 0;
    for (int i = 0; i < ASKED; i++) {
        int64_t j = g->answer[i];
        n += j >= 0 && j < KNOWN && g->label[j] == g->label[KNOWN + i];
    }
    return n;
}

static weir_status in_f32(const place *p, digits *g, demo_row *row)
{
    weir_matmul_options options = {.struct_size = sizeof options, .trans_b = 1};
    weir_array in[] = {matrix(g->asked, WEIR_F32, ASKED, PIXELS),
                       matrix(g->known, WEIR_F32, KNOWN, PIXELS)};
    weir_array out = matrix(g->product, WEIR_F32, ASKED, KNOWN);
    weir_status s = timed(p, WEIR_OP_MATMUL, &options, in, 2, &out, &row->ns_f32);
    if (s == WEIR_OK)
        s = nearest(p, g, g->product);
    if (s != WEIR_OK)
        return s;
    row->right_f32 = right(g);
    for (int i = 0; i < ASKED; i++)
        row->agree += g->answer[i] == g->nearest[i];
    return WEIR_OK;
}

// Symmetric quantization: the largest magnitude becomes 127, zero stays zero.
static weir_status quantize(const place *p, float *x, int8_t *q, int64_t rows, float *scale)
{
    float most = 0;
    for (int64_t i = 0; i < rows * PIXELS; i++)
        most = fabsf(x[i]) > most ? fabsf(x[i]) : most;
    *scale = most / 127.0f;
    int8_t zero = 0;
    weir_array in[] = {matrix(x, WEIR_F32, rows, PIXELS),
                       weir_array_dense(scale, WEIR_F32, 0, NULL),
                       weir_array_dense(&zero, WEIR_S8, 0, NULL)};
    weir_array out = matrix(q, WEIR_S8, rows, PIXELS);
    return run(p, WEIR_OP_QUANTIZE_LINEAR, NULL, in, 3, &out);
}

// Signal to quantization noise: of the exact products, and of what int8 makes of them.
static double sqnr(const digits *g, double scale)
{
    double signal = 0, noise = 0;
    for (int i = 0; i < PRODUCTS; i++) {
        double error = g->product_int8[i] * scale - g->exact[i];
        signal += g->exact[i] * g->exact[i];
        noise += error * error;
    }
    return 10 * log10(signal / noise);
}

static weir_status in_int8(const place *p, digits *g, demo_row *row)
{
    float scale_known, scale_asked;
    weir_status s = quantize(p, g->known, g->known_int8, KNOWN, &scale_known);
    if (s == WEIR_OK)
        s = quantize(p, g->asked, g->asked_int8, ASKED, &scale_asked);
    if (s != WEIR_OK)
        return s;
    // The known rows are the columns of the second factor: a view, no copy.
    weir_array in[] = {matrix(g->asked_int8, WEIR_S8, ASKED, PIXELS),
                       matrix(g->known_int8, WEIR_S8, PIXELS, KNOWN)};
    in[1].strided = true;
    in[1].strides[0] = 1;
    in[1].strides[1] = PIXELS;
    weir_array out = matrix(g->product_int8, WEIR_S32, ASKED, KNOWN);
    s = timed(p, WEIR_OP_MATMUL_INTEGER, NULL, in, 2, &out, &row->ns_int8);
    if (s != WEIR_OK)
        return s;
    // At most 64 * 127 * 127, which f32 holds exactly; argmax takes floats.
    for (int i = 0; i < PRODUCTS; i++)
        g->product[i] = (float)g->product_int8[i];
    s = nearest(p, g, g->product);
    row->right_int8 = right(g);
    row->sqnr = sqnr(g, (double)scale_known * scale_asked);
    return s;
}

static void add_row(demo *d, digits *g, const place *p, const char *name, bool promised)
{
    char line[96];
    demo_row *row = &d->row[d->n_rows];
    if (d->n_rows == DEMO_ROWS)
        return;
    snprintf(line, sizeof line, "digits on %s ...", name);
    tool_status(line);
    memset(row, 0, sizeof *row);
    d->n_rows++;
    row->automatic = !p->device;
    row->promised = promised;
    snprintf(row->place, sizeof row->place, "%s", name);
    weir_status s = in_f32(p, g, row);
    // in_int8() needs the room of the f32 products for its argmax.
    if (s == WEIR_OK && !g->have_first)
        memcpy(g->first_f32, g->product, sizeof g->product);
    row->same = s == WEIR_OK && !memcmp(g->first_f32, g->product, sizeof g->product);
    if (s == WEIR_OK)
        s = in_int8(p, g, row);
    if (s != WEIR_OK) {
        const char *message = weir_message(p->context);
        snprintf(row->why, sizeof row->why, "%s", *message ? message : weir_status_name(s));
        return;
    }
    if (!g->have_first)
        memcpy(g->first_int8, g->product_int8, sizeof g->product_int8);
    g->have_first = true;
    row->same = row->same && !memcmp(g->first_int8, g->product_int8, sizeof g->product_int8);
}

static void add_automatic(demo *d, digits *g)
{
    // The router counts a product as n x n x n.
    double n = cbrt((double)ASKED * KNOWN * PIXELS);
    weir_device_info info = {.id = "cpu"};
    weir_stats before;
    place p = {.context = d->context};
    weir_stats_get(d->context, &before);
    add_row(d, g, &p, "automatic", true);
    weir_device_get(d->context, crossovers_ran(d->context, WEIR_OP_MATMUL, n, &before), &info);
    demo_row *row = &d->row[d->n_rows - 1];
    snprintf(row->place, sizeof row->place, "automatic (%s)", info.id);
}

static void add_isas(demo *d, digits *g)
{
    static const char *const isas[] = {"scalar", "avx2", "avx512", "neon"};
    for (int i = 0; i < 4; i++) {
        char name[32];
        weir_context_options options = {.struct_size = sizeof options,
                                        .flags = WEIR_CONTEXT_CPU_ONLY | WEIR_CONTEXT_NO_PROFILE,
                                        .threads = d->machine.threads,
                                        .isa = isas[i]};
        place p = {.device = "cpu"};
        // An instruction set that this CPU lacks is no failure, and no row.
        if (weir_context_create(&options, &p.context) != WEIR_OK)
            continue;
        snprintf(name, sizeof name, "cpu, %s", isas[i]);
        add_row(d, g, &p, name, true);
        weir_context_destroy(p.context);
    }
}

static void add_devices(demo *d, digits *g)
{
    for (size_t i = 1; i < weir_device_count(d->context); i++) {
        weir_device_info info;
        if (weir_device_get(d->context, i, &info) != WEIR_OK)
            continue;
        place p = {d->context, info.id};
        add_row(d, g, &p, info.id, !strncmp(info.verdict, "identical", 9));
    }
}

static void judge(demo *d)
{
    bool any = false;
    d->same = d->reference = true;
    for (size_t i = 0; i < d->n_rows; i++) {
        const demo_row *row = &d->row[i];
        if (*row->why) {
            d->failed = true;
            d->broken = d->broken || row->promised;
            continue;
        }
        any = true;
        d->n_places += !row->automatic;
        d->same = d->same && row->same;
        d->reference = d->reference && row->agree == ASKED;
        d->broken = d->broken || (row->promised && !(row->same && row->agree == ASKED));
    }
    d->same = d->same && any;
    d->reference = d->reference && any;
    d->broken = d->broken || !any;
}

void demo_digits_print(const demo *d)
{
    static const char *const heads[] = {"place", "f32",  "time", "as reference",
                                        "int8",  "time", "SQNR", "bits"};
    table t = {.columns = 8, .right = 0x7e};
    for (int i = 0; i < 8; i++)
        table_add(&t, "%s", heads[i]);
    for (size_t i = 0; i < d->n_rows; i++) {
        const demo_row *r = &d->row[i];
        char f32[32], int8[32];
        table_add(&t, "%s", r->place);
        if (*r->why) {
            for (int c = 0; c < 6; c++)
                table_add(&t, "-");
            table_add(&t, "none: %s", r->why);
            continue;
        }
        table_add(&t, "%u", r->right_f32);
        table_add(&t, "%s", tool_time_text(r->ns_f32, f32, sizeof f32));
        table_add(&t, "%u", r->agree);
        table_add(&t, "%u", r->right_int8);
        table_add(&t, "%s", tool_time_text(r->ns_int8, int8, sizeof int8));
        table_add(&t, "%.1f dB", r->sqnr);
        table_add(&t, "%s", r->same ? "same" : "DIFFERENT");
    }
    table_print(&t, stdout, 3, tool_colors());
    table_free(&t);
    printf("   Right of %d (the double-precision reference: %u); time of the product alone, the "
           "median of up to %d.\n",
           ASKED, d->reference_right, RUNS);
    printf("   f32 predictions equal the double-precision reference's, row for row: %s\n",
           d->reference ? "yes" : "no");
    printf("   same bits on all %zu devices and instruction sets%s: %s\n", d->n_places,
           d->failed ? " that ran it" : "", d->same ? "yes" : "no");
}

int demo_digits(demo *d)
{
    digits *g = calloc(1, sizeof *g);
    if (!g)
        return tool_broken("no memory for the digits");
    int r = load(g, d->data);
    if (r == TOOL_OK) {
        memcpy(g->answer, g->nearest, sizeof g->answer);
        d->reference_right = right(g);
        add_automatic(d, g);
        add_isas(d, g);
        add_devices(d, g);
        tool_status(NULL);
        judge(d);
        demo_digits_print(d);
    }
    free(g);
    return r;
}
