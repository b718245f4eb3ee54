// SPDX-License-Identifier: Apache-2.0
//
// The blocking of matrix products, after BLIS (Van Zee and van de Geijn, "BLIS: A Framework for
// Rapidly Instantiating BLAS Functionality", 2015), with the factors' parts exchanged: a block of a
// is packed by all threads; then each packs a group of b's columns where they stay in its own
// cache, and multiplies all of the block by them. A block of the output is finished over all of k
// before the next one begins. Where packing would cost more than it saves, a is read in place, and
// b too where its columns are adjacent.
//
// f16 and bf16 are never read in place: a's rows become words just before they are multiplied, b's
// panels while they are packed. Their totals stand in a block of words.
#include "backends/cpu/contract.h"

#include <string.h>

enum {
    ROWS_AT_ONCE = 1024,   // of a, packed
    COLS_AT_ONCE = 2048,   // of b, packed
    MOST_ROWS_A_JOB = 256, // where a is read in place
    LEAST_ROWS_A_JOB = 16,
    ROW_PANELS_A_JOB = 12,
    GROUP_COLS = 256,     // of b, packed by a thread at a time
    LEAST_GROUP = 2,      // panels
    FEW_K = 4,            // a product of no more k's writes rather than multiplies
    FAR_OUTPUT = 1 << 20, // bytes of an output that is in no first or second cache
    ROWS_WRITTEN = 3,     // of such an output at a time: more streams of stores hinder each other
    NARROW_ROWS = 8,      // so few do not pay for packing what has to be made words
    TINY = 32 * 32 * 32,  // multiply-adds that do not pay for looking further
    TINY_VECTOR = 1024,   // times one column
};
static const double A_NS = 64; // multiply-adds that one thread does in a nanosecond, at best

// What the jobs of one product, or of one of its steps, share.
typedef struct w_work {
    const w_product *p;
    const w_contract_isa *isa;
    char *a;                  // packed
    char *b;                  // packed before: this step's; else room for a group a thread
    size_t b_room;            // bytes of a group
    const w_totals *totals;   // W_PACKED: of a narrow output
    int64_t i, rows, j, cols; // the block of the output
    int64_t k, k_count;
    uint32_t a_panels, b_panels;
    uint32_t groups, parts;     // of b's panels, of a's
    int64_t job_rows, job_cols; // where a is not packed
    uint32_t jobs_across;
    uint32_t n_ranges;
    w_range *ranges; // W_MOST_RANGES
} w_work;

static int64_t min_i(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
static int64_t up(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

static uint32_t up32(uint32_t a, uint32_t b)
{
    return (a + b - 1) / b;
}

// Of floats.
static weir_dtype word_dtype(const w_contract_isa *isa)
{
    return isa->size == sizeof(float) ? WEIR_F32 : WEIR_F64;
}
// Columns of a panel of b where a is not packed: as many bytes whatever the word.
static int64_t panel_cols(size_t word)
{
    return W_PANEL_COLS * 4 / (int64_t)word;
}

// Rows of a pass: as many passes as the most at once need, as even as they can be.
static int64_t even_rows(int64_t rows, int64_t most)
{
    return up(rows, up(rows, most));
}

// Rows of a tile with so many columns whose a is read in place.
static uint32_t rows_in_place(const w_contract_isa *isa, int64_t cols)
{
    return cols >= isa->wide_cols   ? isa->wide_rows
           : cols <= isa->tall_cols ? isa->tall_rows
                                    : isa->place_rows;
}

// The same in the product at hand. (Tall tiles cover whole rows of a narrow output: one stream.)
static uint32_t rows_of_pass(const w_product *p, const w_contract_isa *isa, int64_t cols)
{
    uint32_t rows = rows_in_place(isa, cols);
    bool writes = p->k <= FEW_K && cols > isa->tall_cols &&
                  (double)p->m * (double)p->n * (double)p->size > FAR_OUTPUT;
    return writes ? W_MIN(rows, ROWS_WRITTEN) : rows;
}

// Columns of all panels of b.
static int64_t padded_cols(int64_t n, const w_contract_isa *isa)
{
    return up(n, isa->cols) * isa->cols;
}

static int64_t words_of(int64_t k, int64_t depth)
{
    return min_i(up(k, depth), W_STEP_WORDS);
}

// In words. The panels of the last columns and rows may be wider than what is left of them.
static size_t a_room(const w_product *p, int64_t words)
{
    return (size_t)((min_i(p->m, ROWS_AT_ONCE) + W_TILE_ROWS) * words);
}

// A thread's.
static size_t b_room(const w_product *p, int64_t words)
{
    return (size_t)((min_i(p->n, GROUP_COLS) + W_PANEL_COLS) * words);
}

static size_t totals_room(const w_product *p)
{
    return p->narrow ? (size_t)(min_i(p->m, ROWS_AT_ONCE) * min_i(p->n, COLS_AT_ONCE)) : 0;
}

// What a product takes one thread at least.
static double least_ns(const w_product *p, size_t word)
{
    double m = (double)p->m, n = (double)p->n, k = (double)p->k;
    return W_MAX(m * n * k / A_NS, w_memory_ns((m * k + k * n + m * n) * (double)word));
}

size_t w_contract_workspace(const w_desc *desc, uint32_t threads)
{
    if (desc->empty)
        return 0;
    w_product p;
    w_product_shape(desc, &p);
    int64_t words = words_of(p.k, w_product_is_integer(desc) ? 2 : 1);
    if (p.way != W_PACKED)
        return 0;
    if (least_ns(&p, w_product_word(desc)) < W_WARM_NS)
        threads = 1;
    size_t room = a_room(&p, words) + threads * b_room(&p, words) + totals_room(&p);
    return room * w_product_word(desc) + 128 + 64 * (size_t)threads;
}

static w_tile step_tile(const w_product *p, int64_t depth, int64_t k, int64_t k_count)
{
    return (w_tile){
        .words = up(k_count, depth),
        .first = k == 0,
        .last = k + k_count == p->k,
        .alpha = p->alpha,
        .beta = p->beta,
    };
}

static void run_jobs(w_work *w, const w_cpu_par *par, w_task task, uint32_t jobs)
{
    uint32_t threads = par ? W_MIN(par->threads, jobs) : 1;
    w->n_ranges = W_MIN(W_MAX(threads, 1), W_MOST_RANGES);
    w_ranges_set(w->ranges, w->n_ranges, jobs, 0);
    w_par_run(par, task, w, threads);
}

// ---------------------------------------------------------------- a in place

// Rows of a narrow a over a step of k, as words.
static const char *widen(const w_product *p, int64_t i, int64_t rows, int64_t k, int64_t k_count,
                         int64_t word, char *to)
{
    for (int64_t r = 0; r < rows; r++)
        p->load(to + r * W_SEGMENT * word,
                p->a.data + ((i + r) * p->a.x + k * p->a.k) * (int64_t)p->size, p->a.k,
                (size_t)k_count);
    return to;
}

// Whether b comes from memory.
static bool is_far(const w_product *p)
{
    return (double)p->n * (double)p->k * (double)p->size > W_FAR_BYTES;
}

// One row of a, or few where b comes from memory and the totals can stand in the output, or where
// b's elements have to be made words; b as it lies: rows of b are gone through side by side, not
// column by column.
static bool is_row(const w_work *w)
{
    const w_product *p = w->p;
    if (p->narrow)
        return p->m <= NARROW_ROWS && p->way == W_B_PACKED && !p->packed && p->b.x == 1 &&
               p->n > W_TILE_COLS && w->isa->row;
    bool dense = p->out_n == 1 && (!p->c || p->c_n == 1);
    bool few = p->m == 1 || (p->m <= W_ROW_ROWS && dense && is_far(p));
    return few && p->way == W_IN_PLACE && !p->packed && p->n > W_TILE_COLS && w->isa->row;
}

// One step over k of the rows and columns of a job; b is the panel, or NULL: in place.
static void place_step(const w_work *w, w_tile *t, const void *panel, const w_totals *totals,
                       int64_t k, int64_t i, int64_t rows, int64_t j)
{
    const w_product *p = w->p;
    int64_t word = (int64_t)w->isa->size;
    _Alignas(64) char wide[W_TILE_ROWS * W_SEGMENT * sizeof(double)];
    t->a_x = totals ? W_SEGMENT : p->a.x;
    t->a_k = totals ? 1 : p->a.k;
    t->b = panel ? panel : p->b.data + (k * p->b.k + j) * (int64_t)p->size;
    t->b_k = panel ? panel_cols(w->isa->size) : p->b.k;
    t->b_load = p->narrow ? p->load : NULL;
    t->b_size = p->size;
    t->b_panel = w->isa->cols;
    if (p->packed) {
        t->b = p->packed + (k * padded_cols(p->n, w->isa) + j * t->words) * word;
        t->b_k = w->isa->cols;
        t->b_panel = w->isa->cols * t->words;
    }
    int64_t pass = is_row(w) ? rows : even_rows(rows, rows_of_pass(p, w->isa, t->cols));
    for (int64_t r = 0; r < rows; r += pass) {
        t->rows = min_i(rows - r, pass);
        t->a = totals ? widen(p, i + r, t->rows, k, t->words, word, wide)
                      : p->a.data + ((i + r) * p->a.x + k * p->a.k) * word;
        w_product_tile(p, w->isa, is_row(w) ? w->isa->row : w->isa->place, t, totals, i + r, j);
    }
}

// Few rows of a, and b adjacent in k, as it lies.
static bool is_vector(const w_work *w)
{
    const w_product *p = w->p;
    return p->way == W_B_PACKED && !p->packed && p->b.k == 1 && p->m <= w->isa->vector_rows;
}

// The same of these. Elements that are no words yet become words in `panel`, each row on its own.
static void vector_step(const w_work *w, w_tile *t, char *panel, const w_totals *totals, int64_t k,
                        int64_t i, int64_t j)
{
    const w_product *p = w->p;
    const int64_t word = (int64_t)w->isa->size, size = (int64_t)p->size;
    _Alignas(64) char wide[W_VECTOR_ROWS * W_SEGMENT * sizeof(float)];
    const char *b = p->b.data + (j * p->b.x + k) * size;
    t->rows = p->m;
    t->a = p->narrow ? widen(p, i, p->m, k, t->words, word, wide)
                     : p->a.data + (i * p->a.x + k * p->a.k) * word;
    t->a_x = p->narrow ? W_SEGMENT : p->a.x;
    t->a_k = p->narrow ? 1 : p->a.k;
    t->b = p->narrow ? panel : b;
    t->b_x = p->narrow ? W_SEGMENT : p->b.x;
    t->b_far = !p->narrow && is_far(p);
    for (int64_t x = 0; p->narrow && x < t->cols; x++)
        p->load(panel + x * W_SEGMENT * word, b + x * p->b.x * size, 1, (size_t)t->words);
    w_product_tile(p, w->isa, w->isa->vector, t, totals, i, j);
}

static void place_job(w_work *w, void *panel, float *narrow, uint32_t job)
{
    const w_product *p = w->p;
    int64_t i = (int64_t)(job / w->jobs_across) * w->job_rows;
    int64_t j = (int64_t)(job % w->jobs_across) * w->job_cols;
    int64_t rows = min_i(p->m - i, w->job_rows), cols = min_i(p->n - j, w->job_cols);
    w_totals totals = {(char *)narrow, i, j, cols};
    bool vector = is_vector(w), row = is_row(w);
    int64_t k = 0;
    do {
        int64_t k_count = min_i(p->k - k, W_SEGMENT);
        w_tile t = step_tile(p, 1, k, k_count);
        t.cols = cols;
        if (vector) {
            vector_step(w, &t, panel, narrow ? &totals : NULL, k, i, j);
        } else {
            if (panel && !p->packed && !row)
                w->isa->pack(&p->b, j, (uint32_t)cols, (uint32_t)panel_cols(w->isa->size), k,
                             k_count, panel);
            place_step(w, &t, row ? NULL : panel, narrow ? &totals : NULL, k, i, rows, j);
        }
        k += k_count;
    } while (k < p->k);
}

static void in_place_task(void *arg, uint32_t i)
{
    w_work *w = arg;
    for (uint32_t job; w_ranges_next(w->ranges, w->n_ranges, i, &job);)
        place_job(w, NULL, NULL, job);
}

static void b_packed_task(void *arg, uint32_t i)
{
    w_work *w = arg;
    _Alignas(64) uint32_t panel[W_STEP_WORDS * W_PANEL_COLS];
    for (uint32_t job; w_ranges_next(w->ranges, w->n_ranges, i, &job);)
        place_job(w, panel, NULL, job);
}

static void narrow_task(void *arg, uint32_t i)
{
    w_work *w = arg;
    _Alignas(64) uint32_t panel[W_STEP_WORDS * W_PANEL_COLS];
    _Alignas(64) float totals[MOST_ROWS_A_JOB * W_PANEL_COLS];
    for (uint32_t job; w_ranges_next(w->ranges, w->n_ranges, i, &job);)
        place_job(w, panel, totals, job);
}

static void run_in_place(w_work *w, const w_cpu_par *par)
{
    const w_product *p = w->p;
    w->job_rows = p->m;
    w->job_cols = p->way == W_IN_PLACE ? W_TILE_COLS : panel_cols(w->isa->size);
    if (p->packed) // whole panels
        w->job_cols = w->job_cols / w->isa->cols * w->isa->cols;
    if (is_vector(w) && is_far(p))
        w->job_cols = W_VECTOR_FAR_COLS;
    if (p->narrow)
        w->job_rows = min_i(p->m, MOST_ROWS_A_JOB);
    if (is_row(w)) {
        int64_t shares = up(p->n, par ? 2 * (int64_t)par->threads : 1);
        int64_t most = min_i(W_ROW_COLS, W_ROW_BYTES / (int64_t)w->isa->size / p->m);
        if (p->narrow) // what is apart from its output has no more room
            most = min_i(W_ROW_LOADED, W_TILE_ROWS * W_TILE_COLS / p->m);
        most -= most % W_PANEL_COLS;
        w->job_cols = W_MAX(W_TILE_COLS, min_i(up(shares, W_PANEL_COLS) * W_PANEL_COLS, most));
    } else if (par) {
        int64_t threads = par->threads, panel = w->isa->cols;
        int64_t wide = up(w->isa->wide_cols, panel) * panel;
        int64_t least = p->way == W_IN_PLACE ? LEAST_ROWS_A_JOB : 4 * LEAST_ROWS_A_JOB;
        if (p->way == W_IN_PLACE) // a thread's columns of b stay in its cache
            w->job_cols = W_MAX(wide, min_i(p->n / threads / wide * wide, w->job_cols));
        int64_t even = up(p->m, up(4 * threads, up(p->n, w->job_cols)));
        w->job_rows = even_rows(p->m, W_MAX(least, min_i(even, MOST_ROWS_A_JOB)));
    }
    // No more jobs than a counter can count, whatever the shape.
    while (!p->narrow && up(p->n, w->job_cols) > INT32_MAX / up(p->m, w->job_rows) &&
           w->job_rows < p->m)
        w->job_rows *= 2;
    w->jobs_across = (uint32_t)up(p->n, w->job_cols);
    run_jobs(w, par,
             p->narrow              ? narrow_task
             : p->way == W_IN_PLACE ? in_place_task
                                    : b_packed_task,
             w->jobs_across * (uint32_t)up(p->m, w->job_rows));
}

// ---------------------------------------------------------------- both packed

static void pack_a_task(void *arg, uint32_t panel)
{
    const w_work *w = arg;
    int64_t rows = w->isa->rows, r = panel * rows;
    w->isa->pack(&w->p->a, w->i + r, (uint32_t)min_i(w->rows - r, rows), (uint32_t)rows, w->k,
                 w->k_count, w->a + r * up(w->k_count, w->isa->depth) * (int64_t)w->isa->size);
}

// The first of a group's panels.
static int64_t group_begin(const w_work *w, uint32_t group)
{
    return w_range_begin(w->b_panels, group, w->groups);
}

// The panels of a group. Whose columns are adjacent, rows of b are read through all of them, as
// memory likes it best.
static void pack_group(const w_work *w, uint32_t group, char *to)
{
    const w_contract_isa *isa = w->isa;
    const w_factor *b = &w->p->b;
    int64_t cols = isa->cols, s = group_begin(w, group) * cols;
    int64_t end = min_i(w->cols, group_begin(w, group + 1) * cols);
    int64_t panel = up(w->k_count, isa->depth) * cols * (int64_t)isa->size;
    if (isa->pack_across && b->x == 1 && b->dtype == word_dtype(isa)) {
        int64_t panels = (end - s) / cols;
        isa->pack_across(b, w->j + s, panels, w->k, w->k_count, to);
        s += panels * cols;
        to += panels * panel;
    }
    for (; s < end; s += cols, to += panel)
        isa->pack(b, w->j + s, (uint32_t)min_i(end - s, cols), (uint32_t)cols, w->k, w->k_count,
                  to);
}

// Groups of so many panels at most, and one for each thread where there are enough panels.
static void share_columns(w_work *w, const w_cpu_par *par)
{
    uint32_t threads = par ? par->threads : 1, most = GROUP_COLS / w->isa->cols;
    w->b_panels = (uint32_t)up(w->cols, w->isa->cols);
    uint32_t even = up32(w->b_panels, threads);
    w->groups = up32(w->b_panels, W_MIN(W_MAX(even, LEAST_GROUP), most));
}

// In how many parts a group goes through a: so many that there are some jobs for each thread.
static uint32_t share_rows(const w_work *w, const w_cpu_par *par)
{
    if (!par)
        return 1;
    uint32_t wanted = up32(4 * par->threads, w->groups);
    return W_MAX(up32(w->a_panels, ROW_PANELS_A_JOB), W_MIN(wanted, w->a_panels));
}

// Where this step's panels of b stand that were packed before.
static char *packed_before(const w_work *w)
{
    const w_product *p = w->p;
    int64_t at = w->k * padded_cols(p->n, w->isa) + w->j * w->k_count;
    return (char *)p->packed + at * (int64_t)w->isa->size;
}

// The tiles of one job, by a group's panels: a panel of a stays in the first cache while those of b
// pass by, and the output is gone through along its rows.
static void packed_job(const w_work *w, w_tile *t, uint32_t group, uint32_t part, const char *b)
{
    int64_t rows = w->isa->rows, cols = w->isa->cols, word = (int64_t)w->isa->size;
    int64_t r_begin = w_range_begin(w->a_panels, part, w->parts) * rows;
    int64_t r_end = min_i(w->rows, w_range_begin(w->a_panels, part + 1, w->parts) * rows);
    int64_t s_begin = group_begin(w, group) * cols;
    int64_t s_end = min_i(w->cols, group_begin(w, group + 1) * cols);
    for (int64_t r = r_begin; r < r_end; r += rows) {
        t->a = w->a + r * t->words * word;
        t->rows = min_i(r_end - r, rows);
        for (int64_t s = s_begin; s < s_end; s += cols) {
            t->b = b + (s - s_begin) * t->words * word;
            t->cols = min_i(s_end - s, cols);
            w_product_tile(w->p, w->isa, w->isa->tile, t, w->totals, w->i + r, w->j + s);
        }
    }
}

static void packed_task(void *arg, uint32_t i)
{
    w_work *w = arg;
    w_tile t = step_tile(w->p, w->isa->depth, w->k, w->k_count);
    char *own = w->b + i * w->b_room;
    uint32_t held = UINT32_MAX;
    for (uint32_t job; w_ranges_next(w->ranges, w->n_ranges, i, &job);) {
        uint32_t group = job / w->parts;
        const char *b = own;
        if (w->p->packed)
            b = w->b + group_begin(w, group) * w->isa->cols * t.words * (int64_t)w->isa->size;
        else if (group != held)
            pack_group(w, group, own);
        held = group;
        packed_job(w, &t, group, job % w->parts, b);
    }
}

// One step over k of a block of rows and columns.
static void packed_step(w_work *w, const w_cpu_par *par)
{
    w->k_count = min_i(w->p->k - w->k, (int64_t)W_STEP_WORDS * w->isa->depth);
    if (w->p->packed)
        w->b = packed_before(w);
    w_par_run(par, pack_a_task, w, w->a_panels);
    run_jobs(w, par, packed_task, w->groups * w->parts);
}

static char *aligned(char *at)
{
    return at + (64 - (uintptr_t)at % 64) % 64;
}

// Whole panels, at most so many rows or columns of them, and as many each time.
static int64_t even_panels(int64_t extent, int64_t panel, int64_t most)
{
    return up(even_rows(extent, most / panel * panel), panel) * panel;
}

static void packed_block(w_work *w, const w_cpu_par *par, char *totals_room)
{
    const w_product *p = w->p;
    w_totals totals = {totals_room, w->i, w->j, w->cols};
    w->totals = p->narrow ? &totals : NULL;
    w->a_panels = (uint32_t)up(w->rows, w->isa->rows);
    share_columns(w, par);
    w->parts = share_rows(w, par);
    w->k = 0;
    do {
        packed_step(w, par);
        w->k += w->k_count;
    } while (w->k < p->k);
}

static void run_packed(w_work *w, const w_cpu_par *par, const w_args *args)
{
    const w_product *p = w->p;
    int64_t words = words_of(p->k, w->isa->depth);
    uint32_t threads = par ? par->threads : 1;
    w->a = args->workspace.host;
    w->b = aligned(w->a + a_room(p, words) * w->isa->size);
    w->b_room = up((int64_t)(b_room(p, words) * w->isa->size), 64) * 64;
    char *totals = w->b + threads * w->b_room;
    int64_t rows = even_panels(p->m, w->isa->rows, ROWS_AT_ONCE);
    int64_t cols = even_panels(p->n, w->isa->cols, COLS_AT_ONCE);
    for (w->j = 0; w->j < p->n; w->j += cols)
        for (w->i = 0; w->i < p->m; w->i += rows) {
            w->rows = min_i(p->m - w->i, rows);
            w->cols = min_i(p->n - w->j, cols);
            packed_block(w, par, totals);
        }
}

// ---------------------------------------------------------------- pointers and batches

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
static const char *zero_point(const w_binding *binding, const w_operand *operand,
                              const w_desc *desc, const int64_t *index, uint32_t *constant)
{
    if (operand->tensor >= 0)
        return element(binding, operand, desc, index);
    *(uint8_t *)constant = (uint8_t)operand->constant;
    return (const char *)constant;
}

// What floats need beside the geometry.
static void complete_floats(const w_args *args, const w_contract_isa *isa, const int64_t *index,
                            w_product *p)
{
    const w_desc *desc = args->desc;
    const w_map_table *map = w_desc_by_library(desc) ? &w_map_math_table : isa->map;
    p->a.load = p->b.load = p->load;
    p->alpha = desc->formula_attr[0];
    p->beta = desc->formula_attr[1];
    if (desc->n_in > 2)
        p->c = element(&args->in[2], &desc->in[2], desc, index);
    if (desc->activation)
        p->activate = map->fns[desc->activation->number];
    p->attr = desc->formula_attr + 2;
}

// ---------------------------------------------------------------- a factor packed before

const char *w_packed_data(const w_binding *binding, const void *isa, int64_t n, int64_t k,
                          int64_t x, int64_t k_step)
{
    const w_packed *packed = binding->packed;
    bool same = packed && packed->isa == isa && packed->n == n && packed->k == k &&
                packed->x == x && packed->k_step == k_step;
    return same ? packed->data : NULL;
}

// Of one matrix: stacks of them are not laid out.
size_t w_contract_packed_bytes(const w_desc *desc, const w_contract_isa *isa)
{
    if (desc->rank != 3 || desc->empty || desc->in[1].tensor != 1 || desc->extent[1] > INT32_MAX)
        return 0;
    size_t elements;
    if (__builtin_mul_overflow((size_t)padded_cols(desc->extent[1], isa), (size_t)desc->extent[2],
                               &elements) ||
        elements > SIZE_MAX / 16)
        return 0;
    return sizeof(w_packed) + elements * isa->size;
}

static void pack_before_task(void *arg, uint32_t group)
{
    const w_work *w = arg;
    int64_t at = group_begin(w, group) * w->isa->cols * w->k_count;
    pack_group(w, group, w->b + at * (int64_t)w->isa->size);
}

void w_contract_pack(const w_desc *desc, const void *value, w_packed *to, const w_cpu_par *par,
                     const w_contract_isa *isa)
{
    const w_operand *b = &desc->in[1];
    w_product p = {.n = desc->extent[1], .k = desc->extent[2]};
    p.b = (w_factor){.data = (const char *)value + b->offset * (int64_t)weir_dtype_size(b->dtype),
                     .x = b->stride[1],
                     .k = b->stride[2],
                     .dtype = b->dtype,
                     .load = isa->map->convert[b->dtype].load};
    *to = (w_packed){.isa = isa, .n = p.n, .k = p.k, .x = p.b.x, .k_step = p.b.k};
    p.packed = to->data;
    w_work w = {.p = &p, .isa = isa, .cols = p.n};
    share_columns(&w, par);
    for (w.k = 0; w.k < p.k; w.k += w.k_count) {
        w.k_count = min_i(p.k - w.k, W_SEGMENT);
        w.b = packed_before(&w);
        w_par_run(par, pack_before_task, &w, w.groups);
    }
}

static void run_product(const w_args *args, const w_cpu_par *par, const w_contract_isa *isa,
                        const int64_t *index)
{
    const w_desc *desc = args->desc;
    uint32_t constant[2];
    w_product p;
    w_product_shape(desc, &p);
    if (!w_product_is_integer(desc) && !p.swapped) {
        p.packed = w_packed_data(&args->in[1], isa, p.n, p.k, desc->in[1].stride[desc->rank - 2],
                                 desc->in[1].stride[desc->rank - 1]);
        if (p.packed && !p.narrow && p.way == W_B_PACKED) // there is no room to pack a
            p.way = W_IN_PLACE;
    }
    w_product_turn(&p, isa);
    w_factor *a = p.swapped ? &p.b : &p.a, *b = p.swapped ? &p.a : &p.b;
    a->data = element(&args->in[0], &desc->in[0], desc, index);
    b->data = element(&args->in[1], &desc->in[1], desc, index);
    p.out = element(&args->out[0], &desc->out[0], desc, index);
    p.load = isa->map->convert[desc->out[0].dtype].load;
    p.store = isa->map->convert[desc->out[0].dtype].store;
    if (w_product_is_integer(desc)) {
        a->zero = zero_point(&args->in[2], &desc->in[2], desc, index, &constant[0]);
        b->zero = zero_point(&args->in[3], &desc->in[3], desc, index, &constant[1]);
    } else {
        complete_floats(args, isa, index, &p);
    }
    if (!w_par_pays(par, least_ns(&p, w_product_word(desc))))
        par = NULL;
    else if (p.way == W_PACKED && !w_product_is_integer(desc))
        p.way = w_product_way_of_threads(&p, par);
    w_range ranges[W_MOST_RANGES];
    w_work w = {.p = &p, .isa = isa, .ranges = ranges};
    if (p.way == W_PACKED)
        run_packed(&w, par, args);
    else
        run_in_place(&w, par);
}

// As even_rows(), without the divisions where there are few: each takes 10 ns on older processors.
static uint32_t few_rows(uint32_t rows, uint32_t most)
{
    if (rows <= most)
        return rows;
    if (rows <= 2 * most)
        return (rows + 1) / 2;
    return up32(rows, up32(rows, most));
}

// A product of floats so small that everything around its tiles would cost more than they do: one
// step over k, all of it in place. False where it is none.
static bool run_tiny(const w_args *args, const w_contract_isa *isa)
{
    const w_desc *desc = args->desc;
    const w_operand *a = &desc->in[0], *b = &desc->in[1], *out = &desc->out[0];
    weir_dtype word = word_dtype(isa);
    if (desc->rank != 3 || desc->n_in != 2 || desc->activation || !isa->place || a->dtype != word ||
        b->dtype != word || out->dtype != word)
        return false;
    int64_t m = desc->extent[0], n = desc->extent[1], k = desc->extent[2];
    if (k < 1 || k > W_SEGMENT || n > W_TILE_COLS || m * n * k > (n == 1 ? TINY_VECTOR : TINY) ||
        out->stride[1] != 1 || b->stride[1] != 1)
        return false;
    // Every field on its own: compilers clear the whole with an instruction that takes 10 ns.
    w_tile t;
    t.a_x = a->stride[0];
    t.a_k = a->stride[2];
    t.b = (const char *)args->in[1].host + b->offset * (int64_t)isa->size;
    t.b_k = b->stride[2];
    t.b_panel = isa->cols;
    t.words = k;
    t.cols = n;
    t.out_row = out->stride[0];
    t.first = true;
    t.last = true;
    t.c = NULL;
    t.c_row = 0;
    t.alpha = desc->formula_attr[0];
    t.beta = 0;
    const char *from = (const char *)args->in[0].host + a->offset * (int64_t)isa->size;
    char *to = (char *)args->out[0].host + out->offset * (int64_t)isa->size;
    uint32_t rows = few_rows((uint32_t)m, rows_in_place(isa, n));
    for (int64_t i = 0; i < m; i += rows) {
        t.rows = min_i(m - i, rows);
        t.a = from + i * a->stride[0] * (int64_t)isa->size;
        t.out = to + i * out->stride[0] * (int64_t)isa->size;
        isa->place(&t);
    }
    return true;
}

void w_contract_run(const w_args *args, const w_cpu_par *par, const w_contract_isa *isa)
{
    const w_desc *desc = args->desc;
    if (desc->empty || run_tiny(args, isa))
        return;
    int64_t index[W_ITER_RANK] = {0};
    for (;;) {
        run_product(args, par, isa, index);
        uint32_t axis = desc->rank - 3;
        while (axis > 0 && ++index[axis - 1] == desc->extent[axis - 1])
            index[--axis] = 0;
        if (axis == 0)
            return;
    }
}
