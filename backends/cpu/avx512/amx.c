// SPDX-License-Identifier: Apache-2.0
//
// Products of 8-bit integers and of bf16 by AMX: two tiles hold the rows of a, which are read from
// where they lie, two the packed b.
#include "backends/cpu/avx512/amx.inc"

// ---------------------------------------------------------------- tiles of sums

// Tiles 0..3 are the sums, two in a row; 4 and 5 are a's, 6 and 7 b's.
#define AMX_STEP(multiply, more_rows, more_cols)      \
    do {                                              \
        AMX_LOAD(4, a, a_row);                        \
        AMX_LOAD(6, b, b_row);                        \
        multiply(0, 4, 6);                            \
        if (more_cols) {                              \
            AMX_LOAD(7, b + AMX_SIDE, b_row);         \
            multiply(1, 4, 7);                        \
        }                                             \
        if (more_rows) {                              \
            AMX_LOAD(5, a + AMX_SIDE * a_row, a_row); \
            multiply(2, 5, 6);                        \
            if (more_cols)                            \
                multiply(3, 5, 7);                    \
        }                                             \
    } while (0)

#define AMX_WALK(multiply, more_rows, more_cols)                       \
    for (int64_t w = 0; w < t->words;                                  \
         w += AMX_WORDS, a += W_DOT_LINE, b += AMX_WORDS * W_DOT_COLS) \
    AMX_STEP(multiply, more_rows, more_cols)

#define AMX_PRODUCT(name, multiply)                                          \
    static void name(const w_dot_tile *t)                                    \
    {                                                                        \
        const uint8_t *a = t->a;                                             \
        const uint32_t *b = t->b;                                            \
        const int64_t a_row = t->a_row, b_row = W_DOT_COLS * W_DOT_WORD;     \
        bool more_rows = t->rows > AMX_SIDE, more_cols = t->cols > AMX_SIDE; \
        if (more_rows && more_cols)                                          \
            AMX_WALK(multiply, true, true);                                  \
        else if (more_cols)                                                  \
            AMX_WALK(multiply, false, true);                                 \
        else if (more_rows)                                                  \
            AMX_WALK(multiply, true, false);                                 \
        else                                                                 \
            AMX_WALK(multiply, false, false);                                \
    }
AMX_PRODUCT(amx_product_s8, AMX_S8)
AMX_PRODUCT(amx_product_u8, AMX_U8)
AMX_PRODUCT(amx_product_bf16, AMX_BF16)

static void amx_tile(const w_dot_tile *t, void (*product)(const w_dot_tile *))
{
    const int64_t side = 2 * AMX_SIDE, word = W_DOT_WORD;
    _Alignas(64) uint32_t room[2 * AMX_SIDE * W_DOT_COLS];
    const uint32_t *row_base = t->last ? t->row_base : NULL;
    bool whole = t->rows == side && t->cols == W_DOT_COLS;
    if (t->first) {
        amx_load(t->col_base, 0);
    } else if (whole) {
        amx_load(t->out, t->out_row * word);
    } else {
        amx_move(t->out, t->out_row, room, W_DOT_COLS, t->rows, t->cols, NULL);
        amx_load(room, W_DOT_COLS * word);
    }
    product(t);
    if (whole && !row_base) {
        amx_store(t->out, t->out_row * word);
    } else {
        amx_store(room, W_DOT_COLS * word);
        amx_move(room, W_DOT_COLS, t->out, t->out_row, t->rows, t->cols, row_base);
    }
}

// ---------------------------------------------------------------- integers

static void amx_tile_int8(const w_dot_tile *t)
{
    amx_tile(t, t->a_signed ? amx_product_s8 : amx_product_u8);
}

static void amx_pack_int8(const w_factor *b, int64_t x, int64_t count, int64_t k, uint32_t *panel,
                          int64_t apart, uint32_t *sums)
{
    dot_pack(b, x, count, k, panel, apart, sums, 4);
}

static void amx_copy_int8(const w_factor *a, int64_t x, int64_t rows, int64_t k, int64_t k_count,
                          uint8_t flip, uint8_t *to, int64_t to_row)
{
    dot_copy(a, x, rows, k, k_count, flip, to, to_row, 1);
}

static void amx_row_sums(const uint8_t *a, int64_t a_row, int64_t rows, int64_t bytes,
                         bool a_signed, uint32_t *sums)
{
    const __m512i flip = _mm512_set1_epi8(a_signed ? (char)0x80 : 0);
    const __m512i ones = _mm512_set1_epi8(1);
    for (int64_t r = 0; r < rows; r++) {
        __m512i sum = _mm512_setzero_si512();
        for (int64_t i = 0; i < bytes; i += W_DOT_LINE) {
            int64_t left = W_MIN(bytes - i, W_DOT_LINE);
            __mmask64 m = left == W_DOT_LINE ? ~(__mmask64)0 : ((__mmask64)1 << left) - 1;
            __m512i v = _mm512_maskz_loadu_epi8(m, a + r * a_row + i);
            sum =
                _mm512_dpbusd_epi32(sum, _mm512_maskz_mov_epi8(m, _mm512_xor_si512(v, flip)), ones);
        }
        uint32_t turned = a_signed ? 0x80u * (uint32_t)bytes : 0;
        sums[r] += dot_sum_512(sum) - turned;
    }
}

static void amx_correct(const w_dot_correction *c, uint32_t *out, int64_t out_row, int64_t rows,
                        int64_t cols)
{
    for (int64_t r = 0; r < rows; r++)
        for (int64_t j = 0; j < cols; j++)
            out[r * out_row + j] -= c->row_zero[r] * c->col_sum[j] + c->col_zero[j] * c->row_sum[r];
}

static const w_dot_isa amx_int8 = {
    .rows = 2 * AMX_SIDE,
    .unit = AMX_WORDS,
    .takes = W_DOT_U8 | W_DOT_S8,
    .pack = amx_pack_int8,
    .copy = amx_copy_int8,
    .row_sums = amx_row_sums,
    .tile = amx_tile_int8,
    .correct = amx_correct,
    .begin = amx_begin,
    .end = amx_end,
};

// A product that would leave most of a tile empty goes by VNNI, which every processor with AMX has.
void w_contract_int_amx(const w_args *args, const w_cpu_par *par)
{
    const int64_t *extent = args->desc->extent + args->desc->rank - 3;
    if (extent[0] < 4 || extent[1] < 4)
        w_contract_int_vnni(args, par);
    else
        w_dot_run(args, par, &amx_int8);
}

static void amx_packing_int8(const w_desc *desc, const void *value, w_packed *to,
                             const w_cpu_par *par)
{
    w_dot_packing(desc, value, to, par, &amx_int8);
}

const w_packing w_contract_int_amx_table = {w_dot_packing_bytes, amx_packing_int8};

// ---------------------------------------------------------------- bf16

static void amx_tile_bf16(const w_dot_tile *t)
{
    amx_tile(t, amx_product_bf16);
}

static const w_dot_isa amx_bf16 = {
    .rows = 2 * AMX_SIDE,
    .unit = AMX_WORDS,
    .map = &w_map_avx512_table,
    .scale = floats_scale,
    .pack = floats_pack,
    .copy = floats_copy,
    .tile = amx_tile_bf16,
    .begin = amx_begin,
    .end = amx_end,
};

void w_contract_bf16_amx(const w_args *args, const w_cpu_par *par)
{
    w_dot_run(args, par, &amx_bf16);
}

static void amx_packing_bf16(const w_desc *desc, const void *value, w_packed *to,
                             const w_cpu_par *par)
{
    w_dot_packing(desc, value, to, par, &amx_bf16);
}

const w_packing w_contract_bf16_amx_table = {w_dot_packing_bytes, amx_packing_bf16};
