// SPDX-License-Identifier: Apache-2.0
//
// Products by AMX: tiles of 16 rows of 64 bytes. Four tiles hold 32 x 32 sums, two those of a,
// which are read from where its rows lie, two those of the packed b.
//
// The configuration of the tiles belongs to a thread; a task sets it and releases it, so that a
// thread that goes on to other work does not carry the tiles along.
#include "backends/cpu/contract_dot_pack.inc"

enum { AMX_SIDE = 16, AMX_WORDS = W_DOT_UNIT };

typedef struct amx_config {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} amx_config;

// In words of the assembler that say what the compilers' own macros leave out: tiles are read from
// memory and written to it.
#define AMX_LOAD(tile, from, row)                                                        \
    __asm__ volatile("tileloadd (%0,%1,1), %%tmm" #tile ::"r"(from), "r"((int64_t)(row)) \
                     : "memor"                                                           \
                       "y")
#define AMX_STORE(tile, to, row)                                                           \
    __asm__ volatile("tilestored %%tmm" #tile ", (%0,%1,1)" ::"r"(to), "r"((int64_t)(row)) \
                     : "memory")
#define AMX_S8(to, a, b)   __asm__ volatile("tdpbssd %tmm" #b ", %tmm" #a ", %tmm" #to)
#define AMX_U8(to, a, b)   __asm__ volatile("tdpbusd %tmm" #b ", %tmm" #a ", %tmm" #to)
#define AMX_BF16(to, a, b) __asm__ volatile("tdpbf16ps %tmm" #b ", %tmm" #a ", %tmm" #to)

static void amx_begin(void)
{
    amx_config config = {.palette = 1};
    for (int i = 0; i < 8; i++) {
        config.row_bytes[i] = W_DOT_LINE;
        config.rows[i] = AMX_SIDE;
    }
    __asm__ volatile("ldtilecfg %0" ::"m"(config));
}

static void amx_end(void)
{
    __asm__ volatile("tilerelease");
}

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

// A row of bytes `row` apart; 0: all rows are the same.
static void amx_load(const uint32_t *from, int64_t row)
{
    const uint32_t *below = (const uint32_t *)((const char *)from + AMX_SIDE * row);
    AMX_LOAD(0, from, row);
    AMX_LOAD(1, from + AMX_SIDE, row);
    AMX_LOAD(2, below, row);
    AMX_LOAD(3, below + AMX_SIDE, row);
}

static void amx_store(uint32_t *to, int64_t row)
{
    uint32_t *below = (uint32_t *)((char *)to + AMX_SIDE * row);
    AMX_STORE(0, to, row);
    AMX_STORE(1, to + AMX_SIDE, row);
    AMX_STORE(2, below, row);
    AMX_STORE(3, below + AMX_SIDE, row);
}

static __mmask16 amx_mask(int64_t n)
{
    return n >= AMX_SIDE ? 0xffff : (__mmask16)((1u << (n > 0 ? n : 0)) - 1);
}

// Rows of at most W_DOT_COLS words from one place to another, with what a row adds.
static void amx_move(const uint32_t *from, int64_t from_row, uint32_t *to, int64_t to_row,
                     int64_t rows, int64_t cols, const uint32_t *row_base)
{
    for (int64_t r = 0; r < rows; r++)
        for (int64_t c = 0; c < cols; c += AMX_SIDE) {
            __mmask16 m = amx_mask(cols - c);
            __m512i v = _mm512_maskz_loadu_epi32(m, from + r * from_row + c);
            if (row_base)
                v = _mm512_add_epi32(v, _mm512_set1_epi32((int)row_base[r]));
            _mm512_mask_storeu_epi32(to + r * to_row + c, m, v);
        }
}

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
    .depth = 4,
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

static size_t amx_packing_bytes_int8(const w_desc *desc)
{
    return w_dot_packing_bytes(desc, 4);
}

static void amx_packing_int8(const w_desc *desc, const void *value, w_packed *to,
                             const w_cpu_par *par)
{
    w_dot_packing(desc, value, to, par, &amx_int8);
}

const w_packing w_contract_int_amx_table = {amx_packing_bytes_int8, amx_packing_int8};

// ---------------------------------------------------------------- bf16

static void amx_tile_bf16(const w_dot_tile *t)
{
    amx_tile(t, amx_product_bf16);
}

static void amx_pack_bf16(const w_factor *b, int64_t x, int64_t count, int64_t k, uint32_t *panel,
                          int64_t apart, uint32_t *sums)
{
    (void)sums;
    dot_pack(b, x, count, k, panel, apart, NULL, 2);
}

static void amx_copy_bf16(const w_factor *a, int64_t x, int64_t rows, int64_t k, int64_t k_count,
                          uint8_t flip, uint8_t *to, int64_t to_row)
{
    dot_copy(a, x, rows, k, k_count, flip, to, to_row, 2);
}

static void amx_scale(float *sums, size_t n, float alpha, float beta, const float *c)
{
    for (size_t i = 0; i < n; i += AMX_SIDE) {
        __mmask16 m = amx_mask((int64_t)(n - i));
        __m512 v = _mm512_mul_ps(_mm512_set1_ps(alpha), _mm512_maskz_loadu_ps(m, sums + i));
        if (c)
            v = _mm512_fmadd_ps(_mm512_set1_ps(beta), _mm512_maskz_loadu_ps(m, c + i), v);
        _mm512_mask_storeu_ps(sums + i, m, v);
    }
}

extern const w_map_table w_map_avx512_table;

static const w_dot_isa amx_bf16 = {
    .depth = 2,
    .rows = 2 * AMX_SIDE,
    .unit = AMX_WORDS,
    .map = &w_map_avx512_table,
    .scale = amx_scale,
    .pack = amx_pack_bf16,
    .copy = amx_copy_bf16,
    .tile = amx_tile_bf16,
    .begin = amx_begin,
    .end = amx_end,
};

void w_contract_bf16_amx(const w_args *args, const w_cpu_par *par)
{
    w_dot_run(args, par, &amx_bf16);
}

static size_t amx_packing_bytes_bf16(const w_desc *desc)
{
    return w_dot_packing_bytes(desc, 2);
}

static void amx_packing_bf16(const w_desc *desc, const void *value, w_packed *to,
                             const w_cpu_par *par)
{
    w_dot_packing(desc, value, to, par, &amx_bf16);
}

const w_packing w_contract_bf16_amx_table = {amx_packing_bytes_bf16, amx_packing_bf16};
