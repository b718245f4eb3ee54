// SPDX-License-Identifier: Apache-2.0
//
// Products of f32 by AMX, where WEIR_FAST allows other bits: an f32 is the sum of three bf16, of 8
// bits each, and products of bf16 are exact in the f32 that AMX adds up in. With a = a0 + a1 + a2
// and b = b0 + b1 + b2, each part at most 2^-8 of the one before (but where a number is so near
// FLT_MAX that its nearest bf16 would be infinite: 2^-7),
//
//     a b = a0 b0 + (a0 b1 + a1 b0) + (a0 b2 + a1 b1 + a2 b0) + what is below 2^-24 a b
//
// A step over k adds the five small products up first, beside each other, then a0 b0 to them: the
// roundings of the small ones count 2^-7. Steps are added up by AVX-512.
#include "backends/cpu/avx512/amx.inc"

enum { SPLIT_SIDE = 2 * AMX_WORDS }; // a square of factors that are taken apart together

// To take an element apart costs half a nanosecond, once for all that it is multiplied by; six
// products of parts save 0.006 ns each time. So many rows and columns pay, and k's that fill tiles.
static const int64_t SPLIT_LEAST = 256, SPLIT_LEAST_K = 64;

// ---------------------------------------------------------------- parts

// The nearest bf16, as the upper half of a lane. What would round to infinity is cut off instead,
// as is what is no number: that stays infinite or no number.
W_INLINE __m512i split_near(__m512 v)
{
    const __m512i bits = _mm512_castps_si512(v);
    const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    const __m512i half = _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff));
    const __m512i size = _mm512_and_si512(bits, _mm512_set1_epi32(0x7fffffff));
    const __mmask16 rounds = _mm512_cmplt_epu32_mask(size, _mm512_set1_epi32(0x7f7f8000));
    return _mm512_and_si512(_mm512_mask_add_epi32(bits, rounds, bits, half),
                            _mm512_set1_epi32((int)0xffff0000));
}

W_INLINE void split(__m512 v, __m512i parts[W_DOT_PARTS])
{
    parts[0] = split_near(v);
    __m512 rest = _mm512_sub_ps(v, _mm512_castsi512_ps(parts[0]));
    parts[1] = split_near(rest);
    parts[2] = split_near(_mm512_sub_ps(rest, _mm512_castsi512_ps(parts[1])));
}

// The upper halves of two vectors.
static const _Alignas(64) uint16_t split_upper[32] = {1,  3,  5,  7,  9,  11, 13, 15, 17, 19, 21,
                                                      23, 25, 27, 29, 31, 33, 35, 37, 39, 41, 43,
                                                      45, 47, 49, 51, 53, 55, 57, 59, 61, 63};

// A line of 32 adjacent k's of a row: a line of each part.
W_INLINE void split_line(const float *from, uint8_t *to)
{
    const __m512i upper = _mm512_load_si512(split_upper);
    __m512i low[W_DOT_PARTS], high[W_DOT_PARTS];
    split(_mm512_loadu_ps(from), low);
    split(_mm512_loadu_ps(from + AMX_SIDE), high);
    for (int p = 0; p < W_DOT_PARTS; p++)
        _mm512_storeu_si512(to + p * W_DOT_LINE, _mm512_permutex2var_epi16(low[p], upper, high[p]));
}

// 32 columns of two rows: a word of each part for each column.
W_INLINE void split_words(const float *even, const float *odd, uint32_t *to)
{
    for (int c = 0; c < W_DOT_COLS; c += AMX_SIDE) {
        __m512i low[W_DOT_PARTS], high[W_DOT_PARTS];
        split(_mm512_loadu_ps(even + c), low);
        split(_mm512_loadu_ps(odd + c), high);
        for (int p = 0; p < W_DOT_PARTS; p++)
            _mm512_storeu_si512(to + p * AMX_WORDS * W_DOT_COLS + c,
                                _mm512_or_si512(_mm512_srli_epi32(low[p], 16), high[p]));
    }
}

typedef struct split_square {
    const float *from;
    int64_t row;
    float room[SPLIT_SIDE * SPLIT_SIDE];
} split_square;

// Makes s->from the first of 32 x 32 factors that are adjacent along k, or else along x: where they
// lie, or a copy with zeros for what is not there.
W_INLINE void split_take(const w_factor *f, int64_t x, int64_t x_count, int64_t k, int64_t k_count,
                         const bool along_k, split_square *s)
{
    const float *from = (const float *)(const void *)f->data + x * f->x + k * f->k;
    if ((along_k ? f->k : f->x) == 1 && (along_k ? k_count : x_count) == SPLIT_SIDE &&
        (along_k || k_count == SPLIT_SIDE)) {
        s->from = from;
        s->row = along_k ? f->x : f->k;
        return;
    }
    const int64_t to_x = along_k ? SPLIT_SIDE : 1, to_k = along_k ? 1 : SPLIT_SIDE;
    s->from = s->room;
    s->row = SPLIT_SIDE;
    memset(s->room, 0, sizeof s->room);
    if (f->k == 1)
        for (int64_t i = 0; i < x_count; i++)
            for (int64_t j = 0; j < k_count; j++)
                s->room[i * to_x + j * to_k] = from[i * f->x + j];
    else
        for (int64_t j = 0; j < k_count; j++)
            for (int64_t i = 0; i < x_count; i++)
                s->room[i * to_x + j * to_k] = from[i * f->x + j * f->k];
}

static void split_copy(const w_factor *a, int64_t x, int64_t rows, int64_t k, int64_t k_count,
                       uint8_t flip, uint8_t *to, int64_t to_row)
{
    split_square s;
    (void)flip;
    for (int64_t i = 0; i < rows; i += SPLIT_SIDE)
        for (int64_t j = 0; j < k_count; j += SPLIT_SIDE) {
            int64_t some = W_MIN(rows - i, SPLIT_SIDE);
            uint8_t *line = to + i * to_row + j / SPLIT_SIDE * W_DOT_PARTS * W_DOT_LINE;
            split_take(a, x + i, some, k + j, W_MIN(k_count - j, SPLIT_SIDE), true, &s);
            for (int64_t r = 0; r < some; r++)
                split_line(s.from + r * s.row, line + r * to_row);
        }
}

static void split_pack(const w_factor *b, int64_t x, int64_t count, int64_t k, uint32_t *panel,
                       int64_t apart, uint32_t *sums)
{
    split_square s;
    (void)sums;
    for (int64_t j = 0; j < k; j += SPLIT_SIDE)
        for (int64_t c = 0; c < count; c += W_DOT_COLS) {
            uint32_t *to = panel + c / W_DOT_COLS * apart + j / 2 * W_DOT_PARTS * W_DOT_COLS;
            split_take(b, x + c, W_MIN(count - c, W_DOT_COLS), j, W_MIN(k - j, SPLIT_SIDE), false,
                       &s);
            for (int64_t w = 0; w < AMX_WORDS; w++)
                split_words(s.from + 2 * w * s.row, s.from + (2 * w + 1) * s.row,
                            to + w * W_DOT_COLS);
        }
}

// ---------------------------------------------------------------- tiles

#define SPLIT_A(part)                                                     \
    do {                                                                  \
        AMX_LOAD(4, a + (part)*W_DOT_LINE, a_row);                        \
        if (more_rows)                                                    \
            AMX_LOAD(5, a + (part)*W_DOT_LINE + AMX_SIDE * a_row, a_row); \
    } while (0)
#define SPLIT_B(part)                                                         \
    do {                                                                      \
        AMX_LOAD(6, b + (part)*AMX_WORDS * W_DOT_COLS, b_row);                \
        if (more_cols)                                                        \
            AMX_LOAD(7, b + (part)*AMX_WORDS * W_DOT_COLS + AMX_SIDE, b_row); \
    } while (0)
#define SPLIT_MULTIPLY()            \
    do {                            \
        AMX_BF16(0, 4, 6);          \
        if (more_cols)              \
            AMX_BF16(1, 4, 7);      \
        if (more_rows)              \
            AMX_BF16(2, 5, 6);      \
        if (more_rows && more_cols) \
            AMX_BF16(3, 5, 7);      \
    } while (0)

W_INLINE void split_product(const w_dot_tile *t, const bool more_rows, const bool more_cols)
{
    const int64_t a_row = t->a_row, b_row = W_DOT_COLS * W_DOT_WORD;
    const int64_t square = W_DOT_PARTS * AMX_WORDS, a_square = W_DOT_PARTS * W_DOT_LINE;
    const uint8_t *a = t->a;
    const uint32_t *b = t->b;
    for (int64_t w = 0; w < t->words; w += square, a += a_square, b += square * W_DOT_COLS) {
        SPLIT_A(2);
        SPLIT_B(0);
        SPLIT_MULTIPLY();
        SPLIT_A(1);
        SPLIT_MULTIPLY();
        SPLIT_B(1);
        SPLIT_MULTIPLY();
        SPLIT_A(0);
        SPLIT_MULTIPLY();
        SPLIT_B(2);
        SPLIT_MULTIPLY();
    }
    a = t->a;
    b = t->b;
    for (int64_t w = 0; w < t->words; w += square, a += a_square, b += square * W_DOT_COLS) {
        SPLIT_A(0);
        SPLIT_B(0);
        SPLIT_MULTIPLY();
    }
}

static void split_add(const uint32_t *from, const w_dot_tile *t)
{
    for (int64_t r = 0; r < t->rows; r++)
        for (int64_t c = 0; c < t->cols; c += AMX_SIDE) {
            __mmask16 m = dot_mask_512(t->cols - c);
            uint32_t *to = t->out + r * t->out_row + c;
            __m512 sum = _mm512_maskz_loadu_ps(m, to);
            sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(m, from + r * W_DOT_COLS + c));
            _mm512_mask_storeu_ps(to, m, sum);
        }
}

static void split_tile(const w_dot_tile *t)
{
    _Alignas(64) uint32_t room[2 * AMX_SIDE * W_DOT_COLS];
    const bool more_rows = t->rows > AMX_SIDE, more_cols = t->cols > AMX_SIDE;
    amx_load(t->col_base, 0); // zeros
    if (more_rows && more_cols)
        split_product(t, true, true);
    else if (more_cols)
        split_product(t, false, true);
    else if (more_rows)
        split_product(t, true, false);
    else
        split_product(t, false, false);
    amx_store(room, W_DOT_COLS * W_DOT_WORD);
    if (t->first)
        amx_move(room, W_DOT_COLS, t->out, t->out_row, t->rows, t->cols, NULL);
    else
        split_add(room, t);
}

static const w_dot_isa amx_split = {
    .rows = 2 * AMX_SIDE,
    .unit = AMX_WORDS,
    .map = &w_map_avx512_table,
    .scale = floats_scale,
    .pack = split_pack,
    .copy = split_copy,
    .tile = split_tile,
    .begin = amx_begin,
    .end = amx_end,
};

// Products that are too small to pay go the canonical way, and those that have a factor or a sum
// that is not finite.
void w_contract_f32_amx(const w_args *args, const w_cpu_par *par)
{
    const int64_t *extent = args->desc->extent + args->desc->rank - 3;
    bool pays = extent[0] >= SPLIT_LEAST && extent[1] >= SPLIT_LEAST && extent[2] >= SPLIT_LEAST_K;
    if (!pays || !w_dot_run(args, par, &amx_split))
        w_contract_f32_avx512(args, par);
}

extern const w_packing w_contract_f32_avx512_table;

// Laid out as for the canonical way, which is where packing before pays: products of few rows.
static size_t split_packing_bytes(const w_desc *desc)
{
    return w_contract_f32_avx512_table.bytes(desc);
}

static void split_packing(const w_desc *desc, const void *value, w_packed *to, const w_cpu_par *par)
{
    w_contract_f32_avx512_table.pack(desc, value, to, par);
}

const w_packing w_contract_f32_amx_table = {split_packing_bytes, split_packing};
