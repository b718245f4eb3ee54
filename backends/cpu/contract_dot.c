// SPDX-License-Identifier: Apache-2.0
//
// The walk over a product whose instructions take words of several k's, a block of b's columns at a
// time. Where there are columns enough, and all is in the caches, each thread has some columns of
// its own: it packs them and multiplies all rows by them, and no other thread reads them. Else all
// threads pack b; then blocks of the output are shared out. A job reads a in place, or copies the
// rows that it needs, a step over k at a time.
#include "backends/cpu/contract_dot.h"

#include <stdatomic.h>
#include <string.h>

enum {
    BLOCK_BYTES = 2 << 20, // of b, packed, at a time
    JOB_COLS = 2048,
    LEAST_PANELS = 2, // that a task packs: a line of b has their columns
    OWN_JOBS = 2,     // of a thread
    PARTS_COLS = 256, // of a block, or more, where a is taken apart for each block
    FAR = 1024,       // words between rows, or a multiple, that meet in the same lines of a cache
    MEETING_ROWS = 7, // of an output, at a time, so that they have room there
    FEW_WORDS = 4,    // along k
};
static const double A_NS = 256; // multiply-adds that one thread does in a nanosecond, or more
static const double SHARE_OUT = 112.0 * 112 * 112; // multiply-adds that pay for a second thread,
static const double SHARE_BYTES = 1 << 18;         // or bytes that are read and written
static const double LEAST_JOB = 48.0 * 48 * 48;
static const double OWN_BYTES =
    8 << 20; // beyond which narrow parts of rows are slow to come and go

static int64_t min_i(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
static int64_t up(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

static w_dot_form form_of(weir_dtype dtype)
{
    if (dtype == WEIR_F32)
        return (w_dot_form){2, W_DOT_PARTS, 4};
    return dtype == WEIR_BF16 ? (w_dot_form){2, 1, 2} : (w_dot_form){4, 1, 1};
}

// Where the parts of a workspace stand.
typedef struct dot_room {
    int64_t words;          // of a panel, of all parts
    int64_t cols;           // of a block of columns
    int64_t a_row;          // bytes of a copied row
    size_t packed, columns; // bytes: b; what the columns have
    size_t job;             // bytes for a task
} dot_room;

typedef struct dot_work {
    const w_dot *p;
    const w_dot_isa *isa;
    dot_room room;
    char *jobs_room;
    uint32_t *panels; // b, packed
    uint32_t *b_sums; // and its sums
    uint32_t *col_base, *col_sum, *col_zero;
    int64_t j, cols; // the block of columns
    bool own;        // a job packs the columns that it multiplies by
    int64_t job_rows, job_cols, tile_rows;
    uint32_t jobs_across, jobs;
    uint8_t flip;            // of a
    uint32_t a_zero, b_zero; // as they are taken; where all are the same
    bool a_zeros, b_zeros;   // they differ from row to row, from column to column
    uint32_t n_ranges;
    w_range *ranges;         // W_MOST_RANGES
    atomic_bool *not_finite; // a sum of parts was not: the product is void
} dot_work;

// ---------------------------------------------------------------- the packed b

// Of a panel, of all parts.
static int64_t words_of(int64_t k, w_dot_form form)
{
    return up(up(k, form.depth), W_DOT_UNIT) * W_DOT_UNIT * form.parts;
}

static int64_t panel_words(int64_t k, w_dot_form form)
{
    return words_of(k, form) * W_DOT_COLS;
}

// k's of a step.
static int64_t step_of(w_dot_form form)
{
    return W_DOT_STEP / form.parts / W_DOT_UNIT * W_DOT_UNIT * form.depth;
}

static size_t packed_bytes(int64_t k, int64_t n, w_dot_form form)
{
    return (size_t)((panel_words(k, form) + W_DOT_COLS) * up(n, W_DOT_COLS)) * W_DOT_WORD;
}

typedef struct pack_work {
    const w_dot_isa *isa;
    const w_factor *b;
    int64_t k, n, apart;
    int64_t at_once; // columns of a task
    uint32_t *panels, *sums;
} pack_work;

static void pack_task(void *arg, uint32_t i)
{
    const pack_work *w = arg;
    const int64_t j = i * w->at_once;
    w->isa->pack(w->b, j, min_i(w->n - j, w->at_once), w->k, w->panels + j / W_DOT_COLS * w->apart,
                 w->apart, w->sums ? w->sums + j : NULL);
}

static uint32_t *sums_of(void *packed, int64_t k, int64_t n, w_dot_form form)
{
    return (uint32_t *)packed + panel_words(k, form) * up(n, W_DOT_COLS);
}

static void pack_b(const w_dot_isa *isa, const w_factor *b, int64_t k, int64_t n, void *packed,
                   const w_cpu_par *par)
{
    w_dot_form form = form_of(b->dtype);
    pack_work w = {.isa = isa, .b = b, .k = k, .n = n, .panels = packed};
    w.apart = panel_words(k, form);
    w.sums = form.depth == 4 ? sums_of(packed, k, n, form) : NULL;
    int64_t panels = W_DOT_BESIDE;
    while (par && panels > LEAST_PANELS && up(n, panels * W_DOT_COLS) < par->threads)
        panels /= 2;
    w.at_once = panels * W_DOT_COLS;
    w_par_run(par, pack_task, &w, (uint32_t)up(n, w.at_once));
}

// Whose layout a w_packed is: it depends on the form of the words alone.
static const void *layout(w_dot_form form)
{
    static const char layouts[2];
    return &layouts[form.depth == 2];
}

size_t w_dot_packing_bytes(const w_desc *desc)
{
    w_dot_form form = form_of(desc->in[1].dtype);
    int64_t bytes;
    if (desc->rank != 3 || desc->empty || desc->in[1].tensor != 1 ||
        __builtin_mul_overflow(desc->extent[1] + W_DOT_COLS,
                               desc->extent[2] + W_DOT_UNIT * form.depth, &bytes) ||
        bytes > INT64_MAX / 32)
        return 0;
    return sizeof(w_packed) + packed_bytes(desc->extent[2], desc->extent[1], form);
}

void w_dot_packing(const w_desc *desc, const void *value, w_packed *to, const w_cpu_par *par,
                   const w_dot_isa *isa)
{
    const w_operand *o = &desc->in[1];
    w_dot_form form = form_of(o->dtype);
    w_factor b = {.data = (const char *)value + o->offset * form.size,
                  .x = o->stride[1],
                  .k = o->stride[2],
                  .dtype = o->dtype};
    *to = (w_packed){
        .isa = layout(form), .n = desc->extent[1], .k = desc->extent[2], .x = b.x, .k_step = b.k};
    pack_b(isa, &b, to->k, to->n, to->data, par);
}

// ---------------------------------------------------------------- shapes

static void swap_factors(w_dot *p)
{
    w_factor a = p->a;
    p->a = p->b;
    p->b = a;
    int64_t m = p->m, out_m = p->out_m;
    p->m = p->n;
    p->n = m;
    p->out_m = p->out_n;
    p->out_n = out_m;
    int64_t c_m = p->c_m;
    p->c_m = p->c_n;
    p->c_n = c_m;
    p->swapped = true;
}

static void shape(const w_desc *desc, w_dot *p)
{
    uint32_t m = desc->rank - 3, n = m + 1, k = m + 2;
    const w_operand *in = desc->in, *out = desc->out;
    memset(p, 0, sizeof *p);
    p->m = desc->extent[m];
    p->n = desc->extent[n];
    p->k = desc->extent[k];
    p->a = (w_factor){.x = in[0].stride[m], .k = in[0].stride[k], .dtype = in[0].dtype};
    p->b = (w_factor){.x = in[1].stride[n], .k = in[1].stride[k], .dtype = in[1].dtype};
    p->form = form_of(in[0].dtype);
    p->floats = p->form.depth == 2;
    if (p->floats && desc->n_in > 2) {
        p->c_m = in[2].stride[m];
        p->c_n = in[2].stride[n];
    } else if (!p->floats) {
        p->a.zero_x = in[2].stride[m];
        p->b.zero_x = in[3].stride[n];
    }
    p->out_m = out[0].stride[m];
    p->out_n = out[0].stride[n];
    if (p->m > 1 && p->n > 1 && p->out_n != 1 && p->out_m == 1)
        swap_factors(p);
    if (p->n == 1)
        p->out_n = 1;
    if (p->k == 1) // a step of any length would do
        p->a.k = p->b.k = 1;
    if (p->k == 0) // there may be no memory to point into
        p->a.x = p->a.k = p->b.x = p->b.k = 0;
    p->direct = p->out_n == 1 && !p->floats;
}

static size_t lines(size_t bytes)
{
    return (bytes + W_DOT_LINE - 1) / W_DOT_LINE * W_DOT_LINE;
}

static dot_room rooms(const w_dot *p)
{
    dot_room r = {.words = words_of(p->k, p->form)};
    int64_t most = W_MAX(BLOCK_BYTES / (W_MAX(r.words, 1) * W_DOT_COLS * W_DOT_WORD), 1);
    int64_t panels = up(p->n, W_DOT_COLS);
    if (p->form.parts > 1)
        most = W_MAX(most, PARTS_COLS / W_DOT_COLS);
    most = min_i(most, JOB_COLS / W_DOT_COLS);
    r.cols = up(panels, up(panels, most)) * W_DOT_COLS;
    r.packed = lines(packed_bytes(p->k, r.cols, p->form));
    r.columns = (size_t)r.cols * 4;
    int64_t most_words = step_of(p->form) / p->form.depth * p->form.parts;
    int64_t words = min_i(r.words, most_words), rows = min_i(up(p->m, 16) * 16, W_DOT_ROWS);
    // An odd number of lines, so that rows do not meet in the same ones of a cache.
    r.a_row = ((words * W_DOT_WORD / W_DOT_LINE) | 1) * W_DOT_LINE;
    r.job = (size_t)(rows * r.a_row) + 3 * W_DOT_ROWS * sizeof(uint32_t);
    if (!p->direct)
        r.job += (size_t)(rows * r.cols) * 4;
    return r;
}

// Parts are multiplied by parts; the smaller half of these products is left out.
static double work_of(const w_dot *p)
{
    double products = (double)(p->form.parts * (p->form.parts + 1) / 2);
    return (double)p->m * (double)p->n * (double)p->k * products;
}

static double bytes_of(const w_dot *p)
{
    double m = (double)p->m, n = (double)p->n, k = (double)p->k;
    return (m * k + k * n) * (double)p->form.size + m * n * W_DOT_WORD;
}

// Whether one thread does it, however many there are.
static bool is_small(const w_dot *p)
{
    return work_of(p) < SHARE_OUT && bytes_of(p) < SHARE_BYTES;
}

size_t w_dot_workspace(const w_desc *desc, uint32_t threads)
{
    if (desc->empty)
        return 0;
    w_dot p;
    shape(desc, &p);
    dot_room r = rooms(&p);
    size_t own = r.packed + 3 * r.columns + (is_small(&p) ? 1 : threads) * r.job + W_DOT_LINE;
    // Another kernel may take over what is taken apart.
    return p.form.parts > 1 ? W_MAX(own, w_contract_workspace(desc, threads)) : own;
}

// ---------------------------------------------------------------- zero points

static bool a_as_signed(const dot_work *w)
{
    return (w->p->a.dtype == WEIR_S8) == (w->flip == 0);
}

static void read_zeros(dot_work *w)
{
    const w_dot *p = w->p;
    if (p->floats)
        return;
    w->flip = w->isa->takes & (p->a.dtype == WEIR_S8 ? W_DOT_S8 : W_DOT_U8) ? 0 : 0x80;
    w->a_zeros = w_dot_zeros_differ(&p->a, p->m);
    w->b_zeros = w_dot_zeros_differ(&p->b, p->n);
    w->a_zero = w_dot_zero_at(&p->a, 0, w->flip, a_as_signed(w));
    w->b_zero = w_dot_zero_at(&p->b, 0, p->b.dtype == WEIR_U8 ? 0x80 : 0, true);
}

static bool has_row_sums(const dot_work *w)
{
    return w->b_zeros || w->b_zero;
}

// What each of some columns of the block has: its zero point, colsum - k zero, and what is added to
// all rows.
static void column_values(const dot_work *w, int64_t begin, int64_t count)
{
    const w_dot *p = w->p;
    uint8_t flip = p->b.dtype == WEIR_U8 ? 0x80 : 0;
    memset(w->col_base + begin, 0, (size_t)(up(count, W_DOT_COLS) * W_DOT_COLS) * W_DOT_WORD);
    for (int64_t c = begin; c < begin + count && !p->floats; c++) {
        uint32_t zero = w->b_zeros ? w_dot_zero_at(&p->b, w->j + c, flip, true) : w->b_zero;
        uint32_t sum = w->b_sums[c] - (uint32_t)p->k * zero;
        w->col_zero[c] = w->b_zeros ? zero : 0;
        w->col_sum[c] = sum;
        w->col_base[c] = w->a_zeros ? 0 : 0u - w->a_zero * sum;
    }
}

// ---------------------------------------------------------------- jobs

// What a job of some rows has: its part of a, and what its rows add.
typedef struct dot_job {
    int64_t i, rows, j, cols; // j: within the block of columns
    const uint8_t *a;
    int64_t a_row;
    uint32_t *row_sum, *row_base, *row_zero;
    uint32_t *out;
    int64_t out_row;
    uint8_t *copied;
} dot_job;

static bool in_place(const dot_work *w, const dot_job *job)
{
    const w_factor *a = &w->p->a;
    w_dot_form form = w->p->form;
    int64_t bytes = a->x * form.size;
    return form.parts == 1 && a->k == 1 && !w->flip && w->p->k % (form.depth * w->isa->unit) == 0 &&
           job->rows % (w->isa->unit == 1 ? 1 : 16) == 0 &&
           (bytes % FAR != 0 || job->rows == 1 || w->p->k < FAR / 4);
}

static void take_rows(const dot_work *w, dot_job *job, int64_t k, int64_t k_count)
{
    const w_factor *a = &w->p->a;
    int64_t size = w->p->form.size;
    if (in_place(w, job)) {
        job->a = (const uint8_t *)a->data + (job->i * a->x + k) * size;
        job->a_row = a->x * size;
    } else {
        w->isa->copy(a, job->i, job->rows, k, k_count, w->flip, job->copied, w->room.a_row);
        job->a = job->copied;
        job->a_row = w->room.a_row;
    }
    if (has_row_sums(w))
        w->isa->row_sums(job->a, job->a_row, job->rows, k_count * size, a_as_signed(w),
                         job->row_sum);
}

static void row_values(const dot_work *w, dot_job *job)
{
    uint8_t flip = w->flip;
    for (int64_t r = 0; r < job->rows; r++) {
        job->row_base[r] = w->b_zeros ? 0 : 0u - w->b_zero * job->row_sum[r];
        job->row_zero[r] =
            w->a_zeros ? w_dot_zero_at(&w->p->a, job->i + r, flip, a_as_signed(w)) : 0;
    }
}

// The tiles of some rows of a job by a panel of b.
static void step_panel(const dot_work *w, const dot_job *job, w_dot_tile *t, const uint32_t *b,
                       int64_t c, int64_t begin, int64_t end)
{
    bool sums = has_row_sums(w) && !w->b_zeros;
    t->b = b;
    t->cols = min_i(job->cols - c, W_DOT_COLS);
    t->col_base = w->col_base + job->j + c;
    for (int64_t r = begin; r < end; r += w->tile_rows) {
        t->rows = min_i(end - r, w->tile_rows);
        t->a = job->a + r * job->a_row;
        t->row_base = sums ? job->row_base + r : NULL;
        t->out = job->out + r * job->out_row + c;
        w->isa->tile(t);
    }
}

// The tiles of a step: a panel of b stays in the first cache while the rows pass by. Of few words
// all panels do, and it is the output that takes the time, which is written along its rows.
static void step(const dot_work *w, const dot_job *job, int64_t k, int64_t k_count)
{
    w_dot_form form = w->p->form;
    int64_t apart = w->room.words * W_DOT_COLS;
    w_dot_tile t = {.a_row = job->a_row,
                    .words = up(up(k_count, form.depth), w->isa->unit) * w->isa->unit * form.parts,
                    .out_row = job->out_row,
                    .first = k == 0,
                    .last = k + k_count == w->p->k,
                    .a_signed = a_as_signed(w)};
    const uint32_t *b =
        w->panels + job->j / W_DOT_COLS * apart + k / form.depth * form.parts * W_DOT_COLS;
    int64_t rows = t.words <= FEW_WORDS ? w->tile_rows : job->rows;
    for (int64_t r = 0; r < job->rows; r += rows)
        for (int64_t c = 0; c < job->cols; c += W_DOT_COLS)
            step_panel(w, job, &t, b + c / W_DOT_COLS * apart, c, r, min_i(r + rows, job->rows));
}

static void scatter(const dot_work *w, const dot_job *job)
{
    const w_dot *p = w->p;
    for (int64_t r = 0; r < job->rows; r++) {
        uint32_t *to = (uint32_t *)p->out + (job->i + r) * p->out_m + (w->j + job->j) * p->out_n;
        for (int64_t c = 0; c < job->cols; c++)
            to[c * p->out_n] = job->out[r * job->out_row + c];
    }
}

// Sums become results: alpha times each, fma(beta, c, that), what follows, one rounding. Where a
// factor is not finite, the sum of the products of its parts is not (infinity less its first part
// is no number), nor what it should be.
static void finish(const dot_work *w, const dot_job *job)
{
    const w_dot *p = w->p;
    const w_map_table *map = w->isa->map;
    const w_convert *convert = &map->convert[p->a.dtype];
    const int64_t size = p->form.size;
    float c[W_BLOCK];
    for (int64_t r = 0; r < job->rows; r++)
        for (int64_t at = 0; at < job->cols; at += W_BLOCK) {
            int64_t i = job->i + r, j = w->j + job->j + at;
            size_t n = (size_t)min_i(job->cols - at, W_BLOCK);
            float *sums = (float *)job->out + r * job->out_row + at;
            const void *in[] = {sums};
            if (p->c)
                convert->load(c, p->c + (i * p->c_m + j * p->c_n) * size, p->c_n, n);
            bool scaled = p->alpha != 1 || p->c || p->form.parts > 1;
            if (scaled && !w->isa->scale(sums, n, p->alpha, p->beta, p->c ? c : NULL) &&
                p->form.parts > 1)
                atomic_store_explicit(w->not_finite, true, memory_order_relaxed);
            if (p->activation)
                map->fns[p->activation->number](in, 1, sums, n, p->attr);
            convert->store(p->out + (i * p->out_m + j * p->out_n) * size, p->out_n, sums, n);
        }
}

static void run_job(const dot_work *w, char *room, int64_t i, int64_t j)
{
    const w_dot *p = w->p;
    dot_job job = {.i = i, .j = j};
    job.rows = min_i(p->m - job.i, w->job_rows);
    job.cols = min_i(w->cols - job.j, w->job_cols);
    job.row_sum = (uint32_t *)room;
    job.row_base = job.row_sum + W_DOT_ROWS;
    job.row_zero = job.row_base + W_DOT_ROWS;
    job.copied = (uint8_t *)(job.row_zero + W_DOT_ROWS);
    job.out_row = p->out_m;
    if (p->direct) {
        job.out = (uint32_t *)p->out + job.i * p->out_m + w->j + job.j;
    } else {
        job.out = (uint32_t *)(job.copied + min_i(up(p->m, 16) * 16, W_DOT_ROWS) * w->room.a_row);
        job.out_row = w->room.cols;
    }
    memset(job.row_sum, 0, (size_t)job.rows * sizeof *job.row_sum);
    int64_t k = 0;
    do {
        int64_t k_count = min_i(p->k - k, step_of(p->form));
        take_rows(w, &job, k, k_count);
        if (k + k_count == p->k)
            row_values(w, &job);
        step(w, &job, k, k_count);
        k += k_count;
    } while (k < p->k);
    if (w->a_zeros || w->b_zeros)
        w->isa->correct(
            &(w_dot_correction){job.row_zero, job.row_sum, w->col_zero + job.j, w->col_sum + job.j},
            job.out, job.out_row, job.rows, job.cols);
    if (p->floats)
        finish(w, &job);
    else if (!p->direct)
        scatter(w, &job);
}

static void pack_own(const dot_work *w, int64_t j)
{
    const w_dot *p = w->p;
    const int64_t at_once = W_DOT_BESIDE * W_DOT_COLS, apart = panel_words(p->k, p->form);
    const int64_t end = min_i(j + w->job_cols, w->cols);
    for (int64_t c = j; c < end; c += at_once)
        w->isa->pack(&p->b, w->j + c, min_i(end - c, at_once), p->k,
                     w->panels + c / W_DOT_COLS * apart, apart, p->floats ? NULL : w->b_sums + c);
    column_values(w, j, end - j);
}

static void job_task(void *arg, uint32_t task)
{
    const dot_work *w = arg;
    char *room = w->jobs_room + task * w->room.job;
    if (w->isa->begin)
        w->isa->begin();
    for (uint32_t job; w_ranges_next(w->ranges, w->n_ranges, task, &job) &&
                       !atomic_load_explicit(w->not_finite, memory_order_relaxed);) {
        int64_t i = job / w->jobs_across * w->job_rows, j = job % w->jobs_across * w->job_cols;
        if (w->own)
            pack_own(w, j);
        run_job(w, room, i, j);
        for (i += w->job_rows; w->own && i < w->p->m; i += w->job_rows)
            run_job(w, room, i, j);
    }
    if (w->isa->end)
        w->isa->end();
}

// Even shares: a job's rows are whole tiles, and there are some jobs for each thread. Each takes
// its rows of a apart: then they have all columns, where they can.
static void share(dot_work *w, uint32_t threads)
{
    const w_dot *p = w->p;
    int64_t rows = w->isa->rows, panels = up(w->cols, W_DOT_COLS);
    int64_t blocks = up(p->m, W_DOT_ROWS / rows * rows);
    int64_t even = up(p->m, blocks);
    bool meet = p->direct && p->out_m % FAR == 0;
    int64_t most = meet ? min_i(rows, MEETING_ROWS) : rows;
    w->tile_rows = w->isa->unit == 1 ? up(even, up(even, most)) : rows;
    int64_t tiles = up(even, w->tile_rows), wanted = threads > 1 ? 3 * (int64_t)threads : 1;
    while (!w->own) {
        double job = (double)(tiles * w->tile_rows) * (double)(panels * W_DOT_COLS) * (double)p->k;
        int64_t across = up(up(w->cols, W_DOT_COLS), panels);
        int64_t jobs = up(p->m, tiles * w->tile_rows) * across;
        if (jobs >= wanted || job < 2 * LEAST_JOB || (tiles == 1 && panels == 1))
            break;
        bool wide = p->form.parts == 1 && panels * W_DOT_COLS >= tiles * w->tile_rows;
        if (panels > 1 && (wide || tiles == 1))
            panels = up(panels, 2);
        else
            tiles = up(tiles, 2);
    }
    if (w->own)
        panels = W_MAX(up(panels, OWN_JOBS * (int64_t)threads), LEAST_PANELS);
    w->job_rows = tiles * w->tile_rows;
    w->job_cols = panels * W_DOT_COLS;
    w->jobs_across = (uint32_t)up(w->cols, w->job_cols);
    w->jobs = w->jobs_across * (w->own ? 1 : (uint32_t)up(p->m, w->job_rows));
}

static void run_jobs(dot_work *w, const w_cpu_par *par)
{
    share(w, par ? par->threads : 1);
    uint32_t threads = par ? W_MIN(par->threads, w->jobs) : 1;
    w->n_ranges = W_MIN(threads, W_MOST_RANGES);
    w_ranges_set(w->ranges, w->n_ranges, w->jobs, 0);
    w_par_run(par, job_task, w, threads);
}

// ---------------------------------------------------------------- the whole

static bool run_dot(const w_dot *p, const w_cpu_par *par, const w_dot_isa *isa, char *workspace)
{
    w_range ranges[W_MOST_RANGES];
    atomic_bool not_finite = false;
    dot_work w = {
        .p = p, .isa = isa, .ranges = ranges, .not_finite = &not_finite, .room = rooms(p)};
    char *room = workspace + (W_DOT_LINE - (uintptr_t)workspace % W_DOT_LINE) % W_DOT_LINE;
    if (is_small(p) || !w_par_pays(par, W_MAX(work_of(p) / A_NS, w_memory_ns(bytes_of(p)))))
        par = NULL;
    w.panels = (uint32_t *)room;
    w.col_base = (uint32_t *)(room + w.room.packed);
    w.col_sum = w.col_base + w.room.cols;
    w.col_zero = w.col_sum + w.room.cols;
    w.jobs_room = (char *)(w.col_zero + w.room.cols);
    read_zeros(&w);
    if (w_dot_few_cols(p, par, isa, w.panels) || w_dot_few_rows(p, par, isa, w.panels))
        return true;
    uint32_t *packed = w.panels;
    for (w.j = 0; w.j < p->n && !atomic_load(&not_finite); w.j += w.room.cols) {
        w.cols = min_i(p->n - w.j, w.room.cols);
        if (p->packed) {
            w.panels = (uint32_t *)p->packed + panel_words(p->k, p->form) * (w.j / W_DOT_COLS);
            w.b_sums = sums_of((void *)p->packed, p->k, p->n, p->form) + w.j;
        } else {
            w.b_sums = sums_of(packed, p->k, w.cols, p->form);
            w.own = par && w.cols >= (int64_t)par->threads * LEAST_PANELS * W_DOT_COLS &&
                    bytes_of(p) <= OWN_BYTES;
        }
        if (!w.own) {
            w_factor b = p->b;
            b.data += w.j * b.x * p->form.size;
            if (!p->packed)
                pack_b(isa, &b, p->k, w.cols, packed, par);
            column_values(&w, 0, w.cols);
        }
        run_jobs(&w, par);
    }
    return !atomic_load(&not_finite);
}

// The first element of an operand in the batch at `index`.
static char *element(const w_binding *binding, const w_operand *operand, const w_desc *desc,
                     const int64_t *index)
{
    int64_t at = operand->offset;
    for (uint32_t axis = 0; axis + 3 < desc->rank; axis++)
        at += index[axis] * operand->stride[axis];
    return (char *)binding->host + binding->offset + at * (int64_t)weir_dtype_size(operand->dtype);
}

// The same for a zero point, which may be a constant: an s32 that stands for a u8 or an s8.
static const char *zero_point(const w_args *args, uint32_t i, const int64_t *index, char *constant)
{
    const w_operand *o = &args->desc->in[i];
    if (o->tensor >= 0)
        return element(&args->in[i], o, args->desc, index);
    *constant = (char)o->constant;
    return constant;
}

static void complete_floats(const w_args *args, const int64_t *index, w_dot *p)
{
    const w_desc *desc = args->desc;
    if (desc->n_in > 2)
        p->c = element(&args->in[2], &desc->in[2], desc, index);
    p->alpha = desc->formula_attr[0];
    p->beta = desc->formula_attr[1];
    p->activation = desc->activation;
    p->attr = desc->formula_attr + 2;
}

bool w_dot_run(const w_args *args, const w_cpu_par *par, const w_dot_isa *isa)
{
    const w_desc *desc = args->desc;
    int64_t index[W_ITER_RANK] = {0};
    while (!desc->empty) {
        char constant[2];
        w_dot p;
        shape(desc, &p);
        w_factor *a = p.swapped ? &p.b : &p.a, *b = p.swapped ? &p.a : &p.b;
        a->data = element(&args->in[0], &desc->in[0], desc, index);
        b->data = element(&args->in[1], &desc->in[1], desc, index);
        if (!p.swapped && desc->rank == 3 && p.form.parts == 1)
            p.packed = w_packed_data(&args->in[1], layout(p.form), p.n, p.k, desc->in[1].stride[1],
                                     desc->in[1].stride[2]);
        if (p.floats) {
            complete_floats(args, index, &p);
        } else {
            a->zero = zero_point(args, 2, index, &constant[0]);
            b->zero = zero_point(args, 3, index, &constant[1]);
        }
        p.out = element(&args->out[0], &desc->out[0], desc, index);
        if (!run_dot(&p, par, isa, args->workspace.host))
            return false;
        uint32_t axis = desc->rank - 3;
        while (axis > 0 && ++index[axis - 1] == desc->extent[axis - 1])
            index[--axis] = 0;
        if (axis == 0)
            return true;
    }
    return true;
}
