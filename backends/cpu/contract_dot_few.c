// SPDX-License-Identifier: Apache-2.0
//
// Products of 8-bit integers of so few rows or columns that laying b out would take longer than the
// product: the factors are read as they lie, each once.
#include "backends/cpu/contract_dot.h"

#include <string.h>

enum {
    FEW_JOB = 2048,     // columns of a job of few rows, or more: b is read along its rows
    FEW_DEEP = 64,      // k's of b at a time where it is in no near cache
    ROW_DEEP = 32,      // the same of one row
    FEW_NEAR = 1 << 20, // bytes of b that a near cache has room for
    FEW_SOME = 256,     // columns whose zero points are taken at a time
    COLS_JOB = 64,      // rows of a job of few columns
    COLS_LEAST = 32,    // and rows of a product, at least, of more than one column
    COLS_K = 32,        // k's, at least, for each column
    COLS_MOST = 8,      // columns, where b is no transposed matrix
};

static void copy_line(const char *from, int64_t stride, int64_t count, uint8_t flip, uint8_t *to)
{
    for (int64_t k = 0; stride == 1 && k < count; k++)
        to[k] = (uint8_t)from[k] ^ flip;
    for (int64_t k = 0; stride != 1 && k < count; k++)
        to[k] = (uint8_t)from[k * stride] ^ flip;
}

// ---------------------------------------------------------------- few columns

typedef struct cols_work {
    const w_dot *p;
    const w_dot_isa *isa;
    w_dot_cols cols;
    bool a_signed; // as it is taken; b always is
    uint8_t b_flip;
    bool b_zeros;               // they are not all 0
    uint32_t b_zero[W_DOT_FEW]; // of each column
    uint32_t b_sum[W_DOT_FEW];  // of it, less its zero points
} cols_work;

static void cols_task(void *arg, uint32_t job)
{
    const cols_work *w = arg;
    const w_dot *p = w->p;
    const int64_t i = (int64_t)job * COLS_JOB;
    uint32_t sums[W_DOT_FEW * COLS_JOB], row_sum[COLS_JOB] = {0}, zero[COLS_JOB];
    bool is_signed = p->a.dtype == WEIR_S8;
    w_dot_cols cols = w->cols;
    cols.a += i * cols.a_row;
    cols.rows = W_MIN(p->m - i, COLS_JOB);
    w->isa->cols(&cols, sums);
    if (w->b_zeros)
        w->isa->row_sums(cols.a, cols.a_row, cols.rows, p->k, is_signed, row_sum);
    uint32_t moved = (uint32_t)p->k * (is_signed == w->a_signed ? 0 : is_signed ? 0x80u : -0x80u);
    for (int64_t r = 0; r < cols.rows; r++) {
        zero[r] = w_dot_zero_at(&p->a, i + r, cols.flip, w->a_signed);
        row_sum[r] += moved;
    }
    for (int64_t c = 0; c < p->n; c++) {
        uint32_t *out = (uint32_t *)p->out + i * p->out_m + c * p->out_n,
                 *sum = sums + c * COLS_JOB;
        for (int64_t r = 0; r < cols.rows; r++)
            sum[r] -= zero[r] * w->b_sum[c] + w->b_zero[c] * row_sum[r];
        for (int64_t r = 0; r < cols.rows; r++)
            out[r * p->out_m] = sum[r];
    }
}

// Copies b as it is taken.
static void cols_read(cols_work *w, uint8_t *bytes)
{
    const w_dot *p = w->p;
    for (int64_t c = 0; c < p->n; c++, bytes += w->cols.b_col) {
        uint32_t sum = 0;
        copy_line(p->b.data + c * p->b.x, p->b.k, p->k, w->b_flip, bytes);
        for (int64_t k = 0; k < p->k; k++)
            sum += (uint32_t)(int8_t)bytes[k];
        memset(bytes + p->k, 0, (size_t)(w->cols.b_col - p->k));
        w->b_zero[c] = w_dot_zero_at(&p->b, c, w->b_flip, true);
        w->b_zeros = w->b_zeros || w->b_zero[c];
        w->b_sum[c] = sum - (uint32_t)p->k * w->b_zero[c];
    }
}

static void run_cols(const w_dot *p, const w_cpu_par *par, const w_dot_isa *isa, void *room)
{
    cols_work w = {.p = p, .isa = isa, .a_signed = isa->few_alike};
    // An odd number of lines, so that columns do not meet in the same ones of a cache.
    int64_t lines = (p->k + W_DOT_LINE - 1) / W_DOT_LINE;
    w.b_flip = p->b.dtype == WEIR_U8 ? 0x80 : 0;
    w.cols = (w_dot_cols){.cols = p->n,
                          .k = p->k,
                          .a = (const uint8_t *)p->a.data,
                          .a_row = p->a.x,
                          .flip = (p->a.dtype == WEIR_S8) == w.a_signed ? 0 : 0x80,
                          .b = room,
                          .b_col = (lines | 1) * W_DOT_LINE,
                          .sums_col = COLS_JOB};
    cols_read(&w, room);
    w_par_run(par, cols_task, &w, (uint32_t)((p->m + COLS_JOB - 1) / COLS_JOB));
}

// a's k's are adjacent, and there are so few columns that adding up lanes costs less than laying b
// out would.
static bool is_cols(const w_factor *a, int64_t m, int64_t n, int64_t k, int64_t most)
{
    return a->k == 1 && (n == 1 || (n <= most && n * COLS_K <= k && m >= COLS_LEAST));
}

bool w_dot_few_cols(const w_dot *p, const w_cpu_par *par, const w_dot_isa *isa, void *room)
{
    if (p->floats || !isa->cols || p->packed || p->k == 0)
        return false;
    if (is_cols(&p->a, p->m, p->n, p->k, COLS_MOST)) {
        run_cols(p, par, isa, room);
        return true;
    }
    if (!is_cols(&p->b, p->n, p->m, p->k, W_DOT_FEW))
        return false;
    w_dot turned = *p;
    turned.m = p->n, turned.n = p->m;
    turned.a = p->b, turned.b = p->a;
    turned.out_m = p->out_n, turned.out_n = p->out_m;
    run_cols(&turned, par, isa, room);
    return true;
}

// ---------------------------------------------------------------- few rows

typedef struct few_work {
    const w_dot *p;
    const w_dot_isa *isa;
    w_dot_few few;
    int64_t job; // columns
    uint32_t row_zero[W_DOT_FEW], row_sum[W_DOT_FEW], b_zero;
    bool a_zeros, b_zeros; // a's are not all 0; b's differ
} few_work;

// Zero points: contract_dot.h says what is subtracted. `sums`: of the columns; NULL: a has none.
static void few_correct(const few_work *w, const w_dot_few *f, int64_t col, const uint32_t *sums)
{
    uint32_t zero[FEW_SOME], sum[FEW_SOME] = {0};
    for (int64_t j = 0; j < f->cols; j += FEW_SOME) {
        int64_t cols = W_MIN(f->cols - j, FEW_SOME);
        for (int64_t c = 0; c < cols; c++) {
            zero[c] = w_dot_zero_at(&w->p->b, col + j + c, f->flip, f->b_signed);
            sum[c] = sums ? sums[j + c] - (uint32_t)f->k * zero[c] : 0;
        }
        for (int64_t r = 0; r < w->p->m; r++)
            w->isa->correct(&(w_dot_correction){&w->row_zero[r], &w->row_sum[r], zero, sum},
                            f->out[r] + j, 0, 1, cols);
    }
}

static void few_columns(const few_work *w, int64_t col, int64_t cols)
{
    uint32_t sums[2 * FEW_SOME];
    w_dot_few f = w->few;
    f.b += col;
    f.cols = cols;
    for (int64_t r = 0; r < w->p->m; r++)
        f.out[r] += col;
    f.out[w->p->m] = sums;
    w->isa->few(&f);
    if (w->a_zeros || w->b_zeros) {
        few_correct(w, &f, col, w->a_zeros ? sums : NULL);
        return;
    }
    for (int64_t r = 0; w->b_zero && r < w->p->m; r++)
        for (int64_t j = 0; j < cols; j++)
            f.out[r][j] -= w->b_zero * w->row_sum[r];
}

// The last part takes what would be no whole one.
static void few_task(void *arg, uint32_t i)
{
    const few_work *w = arg;
    int64_t col = (int64_t)i * w->job, left = w->few.cols - col;
    int64_t end = left < 2 * w->job ? w->few.cols : col + w->job;
    while (w->a_zeros && end - col >= 2 * FEW_SOME) {
        few_columns(w, col, FEW_SOME);
        col += FEW_SOME;
    }
    few_columns(w, col, end - col);
}

// a as it is, and where its rows have zero points, a row of ones, of which the sums are b's
// columns'.
static void few_read(few_work *w, uint8_t *bytes)
{
    const w_dot *p = w->p;
    w_dot_few *f = &w->few;
    for (int64_t r = 0; r < p->m; r++, bytes += f->a_row) {
        copy_line(p->a.data + r * p->a.x, p->a.k, p->k, 0, bytes);
        memset(bytes + p->k, 0, (size_t)(f->a_row - p->k));
        w->row_zero[r] = w_dot_zero_at(&p->a, r, 0, f->a_signed);
        w->a_zeros = w->a_zeros || w->row_zero[r];
        f->out[r] = (uint32_t *)p->out + r * p->out_m;
    }
    if (w->b_zeros || w->b_zero)
        w->isa->row_sums(f->a, f->a_row, p->m, p->k, f->a_signed, w->row_sum);
    f->rows = p->m + w->a_zeros;
    if (w->a_zeros) {
        memset(bytes, 0, (size_t)f->a_row);
        memset(bytes, 1, (size_t)p->k);
    }
}

// Lines of rows that are so far apart meet in the same few of a first cache: more rows of a, which
// would read them again, are better served by a copy.
static int64_t few_most(const w_dot *p, const w_dot_isa *isa)
{
    enum { MEET = 4096 };
    return p->b.k % MEET == 0 && p->k * p->n > FEW_NEAR ? isa->few_rows / 2 : isa->few_rows;
}

bool w_dot_few_rows(const w_dot *p, const w_cpu_par *par, const w_dot_isa *isa, void *room)
{
    if (p->m > few_most(p, isa) || p->floats || !isa->few || p->packed || p->b.x != 1 ||
        p->out_n != 1 || p->n < isa->few_cols || p->k == 0)
        return false;
    bool a_signed = p->a.dtype == WEIR_S8, b_signed = isa->few_alike ? a_signed : !a_signed;
    bool far = p->k * p->n > FEW_NEAR;
    int64_t bytes = (p->k + W_DOT_WORD - 1) / W_DOT_WORD * W_DOT_WORD;
    few_work w = {.p = p, .isa = isa};
    w.few = (w_dot_few){.a = room,
                        .a_row = bytes,
                        .b = (const uint8_t *)p->b.data,
                        .b_k = p->b.k,
                        .k = p->k,
                        .cols = p->n,
                        .deep = !far        ? bytes
                                : p->m == 1 ? ROW_DEEP
                                            : FEW_DEEP,
                        .flip = (p->b.dtype == WEIR_S8) == b_signed ? 0 : 0x80,
                        .a_signed = a_signed,
                        .b_signed = b_signed};
    w.b_zero = w_dot_zero_at(&p->b, 0, w.few.flip, b_signed);
    w.b_zeros = w_dot_zeros_differ(&p->b, p->n);
    few_read(&w, room);
    int64_t shares = par ? 2 * (int64_t)par->threads : 1;
    w.job = W_MIN(W_MAX(p->n / shares, FEW_SOME), FEW_JOB);
    w_par_run(par, few_task, &w, (uint32_t)W_MAX(p->n / w.job, 1));
    return true;
}
