// SPDX-License-Identifier: Apache-2.0
// The shapes of each family: sizes around every vector and tile width, and the odd cases by name.
#include "tests/conformance/conformance.h"

static const int64_t sizes[] = {1,   2,    3,    4,    5,    7,    8,    9,    15,
                                16,  17,   31,   32,   33,   63,   64,   65,   100,
                                127, 128,  129,  255,  256,  257,  511,  513,  767,
                                769, 1023, 1024, 1025, 4095, 4096, 4097, 8193, 12289};

static const shape_row map_rows[] = {
    {"no axis", DENSE, MAP_SAME, 0, {0}},
    {"no element", DENSE, MAP_SAME, 1, {0}},
    {"an axis of nothing", GAPS, MAP_TAIL, 3, {3, 0, 5}},
    {"dense", DENSE, MAP_SAME, 2, {67, 61}},
    {"eight axes", DENSE, MAP_SAME, 8, {2, 1, 3, 1, 2, 2, 1, 3}},
    {"eight axes, ones", MIXED, MAP_ONES, 8, {2, 3, 2, 2, 1, 2, 3, 2}},
    {"broadcast tail", DENSE, MAP_TAIL, 3, {5, 7, 33}},
    {"broadcast ones", DENSE, MAP_ONES, 3, {9, 17, 13}},
    {"broadcast scalar", DENSE, MAP_SCALAR, 2, {33, 65}},
    {"negative", NEGATIVE, MAP_SAME, 2, {31, 45}},
    {"negative vector", NEGATIVE, MAP_SAME, 1, {1025}},
    {"zero", ZERO, MAP_SAME, 3, {5, 19, 17}},
    {"transposed", TRANSPOSED, MAP_SAME, 2, {65, 33}},
    {"gaps", GAPS, MAP_SAME, 2, {17, 129}},
    {"gaps, tail", GAPS, MAP_TAIL, 3, {3, 21, 18}},
    {"mixed", MIXED, MAP_SAME, 3, {11, 13, 15}},
    {"mixed ones", MIXED, MAP_ONES, 4, {3, 9, 5, 17}},
    {"mixed scalar", MIXED, MAP_SCALAR, 3, {7, 16, 33}},
    {"last axis 1", GAPS, MAP_SAME, 3, {33, 65, 1}},
    {"several threads", DENSE, MAP_SAME, 2, {70, 1001}},
};

static const shape_row reduce_rows[] = {
    {"no axis", DENSE, REDUCE_ALL, 0, {0}},
    {"no element, all", DENSE, REDUCE_ALL, 1, {0}},
    {"no element, last", DENSE, REDUCE_LAST, 2, {3, 0}},
    {"no row", DENSE, REDUCE_LAST, 2, {0, 3}},
    {"no row, first", GAPS, REDUCE_FIRST, 3, {5, 0, 3}},
    {"nothing reduced", MIXED, REDUCE_NONE, 3, {3, 4, 5}},
    {"all of three", DENSE, REDUCE_ALL, 3, {7, 19, 33}},
    {"last of three", DENSE, REDUCE_LAST, 3, {7, 19, 33}},
    {"first of three", DENSE, REDUCE_FIRST, 3, {37, 5, 33}},
    {"some of three", DENSE, REDUCE_SOME, 3, {7, 19, 33}},
    {"some of four", DENSE, REDUCE_SOME, 4, {7, 5, 9, 11}},
    {"eight axes", DENSE, REDUCE_SOME, 8, {2, 1, 3, 1, 2, 4, 1, 3}},
    {"eight axes mixed", MIXED, REDUCE_SOME, 8, {3, 2, 2, 3, 2, 1, 5, 2}},
    {"blocks in rows", DENSE, REDUCE_LAST, 2, {3, 9000}},
    {"blocks in columns", DENSE, REDUCE_FIRST, 2, {8200, 5}},
    {"wide columns", DENSE, REDUCE_FIRST, 2, {33, 517}},
    {"negative", NEGATIVE, REDUCE_LAST, 2, {9, 131}},
    {"negative all", NEGATIVE, REDUCE_ALL, 2, {65, 67}},
    {"zero", ZERO, REDUCE_SOME, 3, {5, 19, 17}},
    {"transposed", TRANSPOSED, REDUCE_LAST, 2, {65, 130}},
    {"transposed first", TRANSPOSED, REDUCE_FIRST, 2, {130, 65}},
    {"gaps", GAPS, REDUCE_LAST, 2, {17, 129}},
    {"mixed", MIXED, REDUCE_SOME, 4, {5, 7, 9, 11}},
    {"mixed all", MIXED, REDUCE_ALL, 3, {17, 16, 33}},
    {"many rows", DENSE, REDUCE_LAST, 2, {1100, 65}},
    {"short rows, gaps", GAPS, REDUCE_LAST, 2, {37, 97}},
};

// m, n, k
static const shape_row contract_rows[] = {
    {"one", DENSE, CONTRACT_MATRIX, 3, {1, 1, 1}},
    {"no rows", DENSE, CONTRACT_MATRIX, 3, {0, 5, 7}},
    {"no columns", DENSE, CONTRACT_MATRIX, 3, {5, 0, 7}},
    {"no products", DENSE, CONTRACT_MATRIX, 3, {5, 7, 0}},
    {"left vector", DENSE, CONTRACT_LEFT_VECTOR, 3, {1, 67, 130}},
    {"right vector", DENSE, CONTRACT_RIGHT_VECTOR, 3, {67, 1, 130}},
    {"two vectors", DENSE, CONTRACT_DOT, 3, {1, 1, 777}},
    {"row", DENSE, CONTRACT_MATRIX, 3, {1, 129, 65}},
    {"column", DENSE, CONTRACT_MATRIX, 3, {129, 1, 65}},
    {"outer product", DENSE, CONTRACT_MATRIX, 3, {65, 67, 1}},
    {"segments", DENSE, CONTRACT_MATRIX, 3, {5, 9, 600}},
    {"segment less one", DENSE, CONTRACT_MATRIX, 3, {7, 11, 255}},
    {"segment", DENSE, CONTRACT_MATRIX, 3, {7, 11, 256}},
    {"segment and one", DENSE, CONTRACT_MATRIX, 3, {7, 11, 257}},
    {"negative", NEGATIVE, CONTRACT_MATRIX, 3, {19, 23, 37}},
    {"zero", ZERO, CONTRACT_MATRIX, 3, {19, 23, 37}},
    {"transposed", TRANSPOSED, CONTRACT_MATRIX, 3, {33, 35, 37}},
    {"gaps", GAPS, CONTRACT_MATRIX, 3, {33, 17, 70}},
    {"mixed", MIXED, CONTRACT_MATRIX, 3, {34, 33, 65}},
    {"mixed left vector", MIXED, CONTRACT_LEFT_VECTOR, 3, {1, 33, 65}},
    {"mixed right vector", MIXED, CONTRACT_RIGHT_VECTOR, 3, {33, 1, 65}},
    {"tiles", DENSE, CONTRACT_MATRIX, 3, {130, 131, 67}},
    {"long", DENSE, CONTRACT_MATRIX, 3, {3, 5, 4100}},
};

static const int64_t edges[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  12, 13, 15,
                                16, 17, 24, 31, 32, 33, 48, 49, 63, 64, 65};

static const shape_row move_rows[] = {
    {"no axis", DENSE, MOVE_DEFAULT, 0, {0}},
    {"vector", DENSE, MOVE_DEFAULT, 1, {129}},
    {"no element", DENSE, MOVE_DEFAULT, 2, {0, 7}},
    {"matrix", DENSE, MOVE_DEFAULT, 2, {65, 67}},
    {"tall", DENSE, MOVE_DEFAULT, 2, {1025, 3}},
    {"wide", DENSE, MOVE_DEFAULT, 2, {3, 1025}},
    {"three", DENSE, MOVE_RANDOM, 3, {17, 33, 9}},
    {"four", DENSE, MOVE_RANDOM, 4, {5, 7, 16, 9}},
    {"eight", DENSE, MOVE_RANDOM, 8, {2, 3, 1, 4, 2, 3, 1, 5}},
    {"negative", NEGATIVE, MOVE_DEFAULT, 2, {33, 31}},
    {"zero", ZERO, MOVE_RANDOM, 3, {9, 15, 17}},
    {"transposed", TRANSPOSED, MOVE_DEFAULT, 2, {64, 66}},
    {"gaps", GAPS, MOVE_RANDOM, 3, {9, 15, 17}},
    {"mixed", MIXED, MOVE_RANDOM, 4, {7, 9, 5, 8}},
    {"several threads", DENSE, MOVE_DEFAULT, 2, {257, 300}},
};

// Images, of which two axes are sampled.
static const shape_row sample_rows[] = {
    {"image", DENSE, 0, 2, {23, 37}},
    {"channels", DENSE, 0, 3, {17, 19, 3}},
    {"no element", DENSE, 0, 3, {2, 0, 7}},
    {"one pixel", DENSE, 0, 4, {2, 3, 1, 1}},
    {"stack", DENSE, 0, 4, {2, 3, 13, 11}},
    {"eight axes", DENSE, 0, 8, {1, 2, 3, 1, 4, 2, 3, 1}},
    {"negative", NEGATIVE, 0, 2, {19, 31}},
    {"zero", ZERO, 0, 3, {5, 9, 7}},
    {"transposed", TRANSPOSED, 0, 3, {14, 16, 4}},
    {"gaps", GAPS, 0, 3, {9, 15, 3}},
    {"mixed", MIXED, 0, 4, {3, 9, 5, 4}},
    {"several threads", DENSE, 0, 2, {160, 257}},
};

static const struct {
    const shape_row *rows;
    size_t count, variants; // variants of every size
} tables[W_FAMILIES] = {
    [W_MAP] = {map_rows, W_COUNT(map_rows), 1},
    [W_REDUCE] = {reduce_rows, W_COUNT(reduce_rows), 3},
    [W_CONTRACT] = {contract_rows, W_COUNT(contract_rows), 3},
    [W_MOVE] = {move_rows, W_COUNT(move_rows), 1},
    [W_ROW] = {reduce_rows, W_COUNT(reduce_rows), 3},
    [W_SAMPLE] = {sample_rows, W_COUNT(sample_rows), 1},
    [W_SCAN] = {reduce_rows, W_COUNT(reduce_rows), 3},
    [W_GATHER] = {move_rows, W_COUNT(move_rows), 1},
    [W_HISTOGRAM] = {reduce_rows, W_COUNT(reduce_rows), 3},
};

static size_t size_count(w_family family)
{
    return (family == W_CONTRACT ? W_COUNT(edges) : W_COUNT(sizes)) * tables[family].variants;
}

size_t shape_total(w_family family)
{
    return tables[family].count + size_count(family);
}

bool shape_is_size(w_family family, size_t number)
{
    return number >= tables[family].count;
}

static void contract_size(int64_t n, size_t variant, shape_row *out)
{
    // Each edge once in each place, the other two odd and beyond a tile or within one.
    int64_t other[3][3] = {{n, 33, 19}, {19, n, 33}, {35, 34, n}};
    *out = (shape_row){"size", DENSE, CONTRACT_MATRIX, 3, {0}};
    for (int i = 0; i < 3; i++)
        out->dims[i] = other[variant][i];
}

void shape_get(w_family family, size_t number, shape_row *out)
{
    if (!shape_is_size(family, number)) {
        *out = tables[family].rows[number];
        return;
    }
    number -= tables[family].count;
    size_t variant = number % tables[family].variants, i = number / tables[family].variants;
    if (family == W_CONTRACT) {
        contract_size(edges[i], variant, out);
        return;
    }
    int64_t n = sizes[i];
    *out = (shape_row){"size", DENSE, 0, 1, {n}};
    if (tables[family].rows == reduce_rows && variant) {
        *out = (shape_row){"size", DENSE, variant == 1 ? REDUCE_LAST : REDUCE_FIRST, 2, {3, n}};
        if (variant == 2) { // columns, as many as a vector and some more
            out->dims[0] = n > 4200 ? 100 : n;
            out->dims[1] = n > 1100 ? 3 : 19;
        }
    } else if (tables[family].rows == move_rows || family == W_SAMPLE) {
        *out = (shape_row){"size", DENSE, MOVE_DEFAULT, 2, {n, n > 600 ? 2 : 11}};
    }
}
