// SPDX-License-Identifier: Apache-2.0
//
// Generated from runtime/ops/ops.def by `cmake --build build --target generate`.
// Do not edit. Included by <weir/weir.h>.
#ifndef WEIR_OPS_H
#define WEIR_OPS_H

#include <weir/weir.h>

#ifdef __cplusplus
extern "C" {
#endif

// Numbers never change and are only appended to.
enum {
    WEIR_OP_ADD = 1,
    WEIR_OP_SUB = 2,
    WEIR_OP_MUL = 3,
    WEIR_OP_DIV = 4,
    WEIR_OP_NEG = 5,
    WEIR_OP_ABS = 6,
    WEIR_OP_MIN = 7,
    WEIR_OP_MAX = 8,
    WEIR_OP_RELU = 9,
    WEIR_OP_EXP = 10,
    WEIR_OP_POW = 11,
    WEIR_OP_SIN = 12,
    WEIR_OP_FMOD = 13,
    WEIR_OP_TANH = 14,
    WEIR_OP_SIGMOID = 15,
    WEIR_OP_SQRT = 16,
    WEIR_OP_SCALE_SHIFT = 17,
    WEIR_OP_CLAMP = 18,
    WEIR_OP_REDUCE_SUM = 19,
    WEIR_OP_REDUCE_MAX = 20,
    WEIR_OP_ARGMAX = 21,
    WEIR_OP_ARGMIN = 22,
    WEIR_OP_MATMUL = 23,
    WEIR_OP_QUANTIZE_LINEAR = 24,
    WEIR_OP_DEQUANTIZE_LINEAR = 25,
    WEIR_OP_MATMUL_INTEGER = 26,
    WEIR_OP_TRANSPOSE = 27,
    WEIR_OP_RGBA_TO_GRAY = 28,
    WEIR_OP_THRESHOLD = 29,
    WEIR_OP_NORMALIZE = 30,
    WEIR_OP_SIGN = 31,
    WEIR_OP_SQUARE = 32,
    WEIR_OP_RSQRT = 33,
    WEIR_OP_CBRT = 34,
    WEIR_OP_RECIPROCAL = 35,
    WEIR_OP_EXP2 = 36,
    WEIR_OP_EXPM1 = 37,
    WEIR_OP_LOG = 38,
    WEIR_OP_LOG2 = 39,
    WEIR_OP_LOG10 = 40,
    WEIR_OP_LOG1P = 41,
    WEIR_OP_COS = 42,
    WEIR_OP_TAN = 43,
    WEIR_OP_ASIN = 44,
    WEIR_OP_ACOS = 45,
    WEIR_OP_ATAN = 46,
    WEIR_OP_SINH = 47,
    WEIR_OP_COSH = 48,
    WEIR_OP_ASINH = 49,
    WEIR_OP_ACOSH = 50,
    WEIR_OP_ATANH = 51,
    WEIR_OP_ERF = 52,
    WEIR_OP_FLOOR = 53,
    WEIR_OP_CEIL = 54,
    WEIR_OP_ROUND = 55,
    WEIR_OP_TRUNC = 56,
    WEIR_OP_RELU6 = 57,
    WEIR_OP_LEAKY_RELU = 58,
    WEIR_OP_PRELU = 59,
    WEIR_OP_THRESHOLDED_RELU = 60,
    WEIR_OP_ELU = 61,
    WEIR_OP_CELU = 62,
    WEIR_OP_SELU = 63,
    WEIR_OP_HARD_SIGMOID = 64,
    WEIR_OP_HARD_SWISH = 65,
    WEIR_OP_SILU = 66,
    WEIR_OP_GELU = 67,
    WEIR_OP_GELU_TANH = 68,
    WEIR_OP_SOFTPLUS = 69,
    WEIR_OP_SOFTSIGN = 70,
    WEIR_OP_MISH = 71,
    WEIR_OP_ISNAN = 72,
    WEIR_OP_ISINF = 73,
    WEIR_OP_ISFINITE = 74,
    WEIR_OP_MOD = 75,
    WEIR_OP_ATAN2 = 76,
    WEIR_OP_HYPOT = 77,
    WEIR_OP_COPYSIGN = 78,
    WEIR_OP_EQUAL = 79,
    WEIR_OP_NOT_EQUAL = 80,
    WEIR_OP_LESS = 81,
    WEIR_OP_LESS_EQUAL = 82,
    WEIR_OP_GREATER = 83,
    WEIR_OP_GREATER_EQUAL = 84,
    WEIR_OP_LOGICAL_AND = 85,
    WEIR_OP_LOGICAL_OR = 86,
    WEIR_OP_LOGICAL_XOR = 87,
    WEIR_OP_LOGICAL_NOT = 88,
    WEIR_OP_BITWISE_AND = 89,
    WEIR_OP_BITWISE_OR = 90,
    WEIR_OP_BITWISE_XOR = 91,
    WEIR_OP_BITWISE_NOT = 92,
    WEIR_OP_LEFT_SHIFT = 93,
    WEIR_OP_RIGHT_SHIFT = 94,
    WEIR_OP_WHERE = 95,
    WEIR_OP_LERP = 96,
    WEIR_OP_FMA = 97,
    WEIR_OP_SUM = 98,
    WEIR_OP_MEAN = 99,
    WEIR_OP_CAST = 100,
    WEIR_OP_REDUCE_MEAN = 101,
    WEIR_OP_REDUCE_PROD = 102,
    WEIR_OP_REDUCE_MIN = 103,
    WEIR_OP_REDUCE_VAR = 104,
    WEIR_OP_REDUCE_STD = 105,
    WEIR_OP_REDUCE_L1 = 106,
    WEIR_OP_REDUCE_L2 = 107,
    WEIR_OP_REDUCE_LINF = 108,
    WEIR_OP_REDUCE_SUM_SQUARE = 109,
    WEIR_OP_REDUCE_LOG_SUM = 110,
    WEIR_OP_REDUCE_LOG_SUM_EXP = 111,
    WEIR_OP_ANY = 112,
    WEIR_OP_ALL = 113,
    WEIR_OP_DOT = 114,
    WEIR_OP_CUMSUM = 115,
    WEIR_OP_SOFTMAX = 116,
    WEIR_OP_LOG_SOFTMAX = 117,
    WEIR_OP_LAYER_NORM = 118,
    WEIR_OP_RMS_NORM = 119,
    WEIR_OP_L2_NORMALIZE = 120,
    WEIR_OP_Z_SCORE = 121,
    WEIR_OP_MSE = 122,
    WEIR_OP_MAE = 123,
    WEIR_OP_HUBER = 124,
    WEIR_OP_CROSS_ENTROPY = 125,
    WEIR_OP_GEMM = 141,
    WEIR_OP_LINEAR = 142,
    WEIR_OP_SLICE = 151,
    WEIR_OP_EXPAND = 152,
    WEIR_OP_HWC_TO_CHW = 153,
    WEIR_OP_BATCH_NORM = 154,
    WEIR_OP_CONCAT = 155,
    WEIR_OP_PAD = 156,
    WEIR_OP_RGB_TO_GRAY = 157,
    WEIR_OP_RESIZE_BILINEAR = 158,
    WEIR_OP_GATHER = 170,
    WEIR_OP_HISTOGRAM = 171,
    WEIR_OP_OTSU_THRESHOLD = 172,
    WEIR_OP_THRESHOLD_AT = 173,
};

// Options: a struct that is all zero but for struct_size means all defaults, as does NULL.

typedef struct weir_scale_shift_options {
    uint32_t struct_size; // sizeof(weir_scale_shift_options)
    uint32_t given;       // WEIR_SCALE_SHIFT_*: fields taken as they are even where zero
    float scale; // default 1.0f
    float shift; // default 0.0f
} weir_scale_shift_options;
#define WEIR_SCALE_SHIFT_SCALE (UINT32_C(1) << 0)
#define WEIR_SCALE_SHIFT_SHIFT (UINT32_C(1) << 1)

typedef struct weir_reduce_sum_options {
    uint32_t struct_size; // sizeof(weir_reduce_sum_options)
    uint32_t given;       // WEIR_REDUCE_SUM_*: fields taken as they are even where zero
    int32_t n_axes; // how many of axes count; 0: the default
    int32_t axes[WEIR_MAX_RANK];
    int32_t keepdims; // default 1
    int32_t noop_with_empty_axes; // default 0
} weir_reduce_sum_options;
#define WEIR_REDUCE_SUM_AXES (UINT32_C(1) << 0)
#define WEIR_REDUCE_SUM_KEEPDIMS (UINT32_C(1) << 1)
#define WEIR_REDUCE_SUM_NOOP_WITH_EMPTY_AXES (UINT32_C(1) << 2)

typedef struct weir_reduce_max_options {
    uint32_t struct_size; // sizeof(weir_reduce_max_options)
    uint32_t given;       // WEIR_REDUCE_MAX_*: fields taken as they are even where zero
    int32_t n_axes; // how many of axes count; 0: the default
    int32_t axes[WEIR_MAX_RANK];
    int32_t keepdims; // default 1
} weir_reduce_max_options;
#define WEIR_REDUCE_MAX_AXES (UINT32_C(1) << 0)
#define WEIR_REDUCE_MAX_KEEPDIMS (UINT32_C(1) << 1)

typedef struct weir_argmax_options {
    uint32_t struct_size; // sizeof(weir_argmax_options)
    uint32_t given;       // WEIR_ARGMAX_*: fields taken as they are even where zero
    int32_t axis; // default 0
    int32_t select_last_index; // default 0
    int32_t keepdims; // default 1
    int32_t flatten; // default 0
} weir_argmax_options;
#define WEIR_ARGMAX_AXIS (UINT32_C(1) << 0)
#define WEIR_ARGMAX_SELECT_LAST_INDEX (UINT32_C(1) << 1)
#define WEIR_ARGMAX_KEEPDIMS (UINT32_C(1) << 2)
#define WEIR_ARGMAX_FLATTEN (UINT32_C(1) << 3)

typedef struct weir_argmin_options {
    uint32_t struct_size; // sizeof(weir_argmin_options)
    uint32_t given;       // WEIR_ARGMIN_*: fields taken as they are even where zero
    int32_t axis; // default 0
    int32_t select_last_index; // default 0
    int32_t keepdims; // default 1
    int32_t flatten; // default 0
} weir_argmin_options;
#define WEIR_ARGMIN_AXIS (UINT32_C(1) << 0)
#define WEIR_ARGMIN_SELECT_LAST_INDEX (UINT32_C(1) << 1)
#define WEIR_ARGMIN_KEEPDIMS (UINT32_C(1) << 2)
#define WEIR_ARGMIN_FLATTEN (UINT32_C(1) << 3)

typedef struct weir_matmul_options {
    uint32_t struct_size; // sizeof(weir_matmul_options)
    uint32_t given;       // WEIR_MATMUL_*: fields taken as they are even where zero
    float alpha; // default 1.0f
    float beta; // default 1.0f
    int32_t trans_a; // default 0
    int32_t trans_b; // default 0
    int32_t accumulate; // one of the next list; default 0, its first
} weir_matmul_options;
enum { WEIR_MATMUL_ACCUMULATE_F32, WEIR_MATMUL_ACCUMULATE_F64 };
#define WEIR_MATMUL_ALPHA (UINT32_C(1) << 0)
#define WEIR_MATMUL_BETA (UINT32_C(1) << 1)
#define WEIR_MATMUL_TRANS_A (UINT32_C(1) << 2)
#define WEIR_MATMUL_TRANS_B (UINT32_C(1) << 3)
#define WEIR_MATMUL_ACCUMULATE (UINT32_C(1) << 4)

typedef struct weir_quantize_linear_options {
    uint32_t struct_size; // sizeof(weir_quantize_linear_options)
    uint32_t given;       // WEIR_QUANTIZE_LINEAR_*: fields taken as they are even where zero
    int32_t axis; // default 1
} weir_quantize_linear_options;
#define WEIR_QUANTIZE_LINEAR_AXIS (UINT32_C(1) << 0)

typedef struct weir_dequantize_linear_options {
    uint32_t struct_size; // sizeof(weir_dequantize_linear_options)
    uint32_t given;       // WEIR_DEQUANTIZE_LINEAR_*: fields taken as they are even where zero
    int32_t axis; // default 1
} weir_dequantize_linear_options;
#define WEIR_DEQUANTIZE_LINEAR_AXIS (UINT32_C(1) << 0)

typedef struct weir_transpose_options {
    uint32_t struct_size; // sizeof(weir_transpose_options)
    uint32_t given;       // WEIR_TRANSPOSE_*: fields taken as they are even where zero
    int32_t n_perm; // how many of perm count; 0: the default
    int32_t perm[WEIR_MAX_RANK];
} weir_transpose_options;
#define WEIR_TRANSPOSE_PERM (UINT32_C(1) << 0)

typedef struct weir_threshold_options {
    uint32_t struct_size; // sizeof(weir_threshold_options)
    uint32_t given;       // WEIR_THRESHOLD_*: fields taken as they are even where zero
    float threshold; // default 127.0f
    float maxval; // default 255.0f
} weir_threshold_options;
#define WEIR_THRESHOLD_THRESHOLD (UINT32_C(1) << 0)
#define WEIR_THRESHOLD_MAXVAL (UINT32_C(1) << 1)

typedef struct weir_normalize_options {
    uint32_t struct_size; // sizeof(weir_normalize_options)
    uint32_t given;       // WEIR_NORMALIZE_*: fields taken as they are even where zero
    float scale; // default 1.0f
    int32_t axis; // default -1
} weir_normalize_options;
#define WEIR_NORMALIZE_SCALE (UINT32_C(1) << 0)
#define WEIR_NORMALIZE_AXIS (UINT32_C(1) << 1)

typedef struct weir_leaky_relu_options {
    uint32_t struct_size; // sizeof(weir_leaky_relu_options)
    uint32_t given;       // WEIR_LEAKY_RELU_*: fields taken as they are even where zero
    float alpha; // default 0.01f
} weir_leaky_relu_options;
#define WEIR_LEAKY_RELU_ALPHA (UINT32_C(1) << 0)

typedef struct weir_thresholded_relu_options {
    uint32_t struct_size; // sizeof(weir_thresholded_relu_options)
    uint32_t given;       // WEIR_THRESHOLDED_RELU_*: fields taken as they are even where zero
    float alpha; // default 1.0f
} weir_thresholded_relu_options;
#define WEIR_THRESHOLDED_RELU_ALPHA (UINT32_C(1) << 0)

typedef struct weir_elu_options {
    uint32_t struct_size; // sizeof(weir_elu_options)
    uint32_t given;       // WEIR_ELU_*: fields taken as they are even where zero
    float alpha; // default 1.0f
} weir_elu_options;
#define WEIR_ELU_ALPHA (UINT32_C(1) << 0)

typedef struct weir_celu_options {
    uint32_t struct_size; // sizeof(weir_celu_options)
    uint32_t given;       // WEIR_CELU_*: fields taken as they are even where zero
    float alpha; // default 1.0f
} weir_celu_options;
#define WEIR_CELU_ALPHA (UINT32_C(1) << 0)

typedef struct weir_selu_options {
    uint32_t struct_size; // sizeof(weir_selu_options)
    uint32_t given;       // WEIR_SELU_*: fields taken as they are even where zero
    float alpha; // default 1.67326319217681884765625f
    float gamma; // default 1.05070102214813232421875f
} weir_selu_options;
#define WEIR_SELU_ALPHA (UINT32_C(1) << 0)
#define WEIR_SELU_GAMMA (UINT32_C(1) << 1)

typedef struct weir_hard_sigmoid_options {
    uint32_t struct_size; // sizeof(weir_hard_sigmoid_options)
    uint32_t given;       // WEIR_HARD_SIGMOID_*: fields taken as they are even where zero
    float alpha; // default 0.2f
    float beta; // default 0.5f
} weir_hard_sigmoid_options;
#define WEIR_HARD_SIGMOID_ALPHA (UINT32_C(1) << 0)
#define WEIR_HARD_SIGMOID_BETA (UINT32_C(1) << 1)

typedef struct weir_isinf_options {
    uint32_t struct_size; // sizeof(weir_isinf_options)
    uint32_t given;       // WEIR_ISINF_*: fields taken as they are even where zero
    int32_t detect_negative; // default 1
    int32_t detect_positive; // default 1
} weir_isinf_options;
#define WEIR_ISINF_DETECT_NEGATIVE (UINT32_C(1) << 0)
#define WEIR_ISINF_DETECT_POSITIVE (UINT32_C(1) << 1)

typedef struct weir_cast_options {
    uint32_t struct_size; // sizeof(weir_cast_options)
    uint32_t given;       // WEIR_CAST_*: fields taken as they are even where zero
    int32_t to; // a weir_dtype; must be set
} weir_cast_options;
#define WEIR_CAST_TO (UINT32_C(1) << 0)

typedef struct weir_reduce_mean_options {
    uint32_t struct_size; // sizeof(weir_reduce_mean_options)
    uint32_t given;       // WEIR_REDUCE_MEAN_*: fields taken as they are even where zero
    int32_t n_axes; // how many of axes count; 0: the default
    int32_t axes[WEIR_MAX_RANK];
    int32_t keepdims; // default 1
} weir_reduce_mean_options;
#define WEIR_REDUCE_MEAN_AXES (UINT32_C(1) << 0)
#define WEIR_REDUCE_MEAN_KEEPDIMS (UINT32_C(1) << 1)

typedef struct weir_reduce_prod_options {
    uint32_t struct_size; // sizeof(weir_reduce_prod_options)
    uint32_t given;       // WEIR_REDUCE_PROD_*: fields taken as they are even where zero
    int32_t n_axes; // how many of axes count; 0: the default
    int32_t axes[WEIR_MAX_RANK];
    int32_t keepdims; // default 1
} weir_reduce_prod_options;
#define WEIR_REDUCE_PROD_AXES (UINT32_C(1) << 0)
#define WEIR_REDUCE_PROD_KEEPDIMS (UINT32_C(1) << 1)

typedef struct weir_reduce_min_options {
    uint32_t struct_size; // sizeof(weir_reduce_min_options)
    uint32_t given;       // WEIR_REDUCE_MIN_*: fields taken as they are even where zero
    int32_t n_axes; // how many of axes count; 0: the default
    int32_t axes[WEIR_MAX_RANK];
    int32_t keepdims; // default 1
} weir_reduce_min_options;
#define WEIR_REDUCE_MIN_AXES (UINT32_C(1) << 0)
#define WEIR_REDUCE_MIN_KEEPDIMS (UINT32_C(1) << 1)

typedef struct weir_reduce_var_options {
    uint32_t struct_size; // sizeof(weir_reduce_var_options)
    uint32_t given;       // WEIR_REDUCE_VAR_*: fields taken as they are even where zero
    int32_t n_axes; // how many of axes count; 0: the default
    int32_t axes[WEIR_MAX_RANK];
    int32_t keepdims; // default 1
    float ddof; // default 0.0f
} weir_reduce_var_options;
#define WEIR_REDUCE_VAR_AXES (UINT32_C(1) << 0)
#define WEIR_REDUCE_VAR_KEEPDIMS (UINT32_C(1) << 1)
#define WEIR_REDUCE_VAR_DDOF (UINT32_C(1) << 2)

typedef struct weir_reduce_std_options {
    uint32_t struct_size; // sizeof(weir_reduce_std_options)
    uint32_t given;       // WEIR_REDUCE_STD_*: fields taken as they are even where zero
    int32_t n_axes; // how many of axes count; 0: the default
    int32_t axes[WEIR_MAX_RANK];
    int32_t keepdims; // default 1
    float ddof; // default 0.0f
} weir_reduce_std_options;
#define WEIR_REDUCE_STD_AXES (UINT32_C(1) << 0)
#define WEIR_REDUCE_STD_KEEPDIMS (UINT32_C(1) << 1)
#define WEIR_REDUCE_STD_DDOF (UINT32_C(1) << 2)

typedef struct weir_reduce_l1_options {
    uint32_t struct_size; // sizeof(weir_reduce_l1_options)
    uint32_t given;       // WEIR_REDUCE_L1_*: fields taken as they are even where zero
    int32_t n_axes; // how many of axes count; 0: the default
    int32_t axes[WEIR_MAX_RANK];
    int32_t keepdims; // default 1
} weir_reduce_l1_options;
#define WEIR_REDUCE_L1_AXES (UINT32_C(1) << 0)
#define WEIR_REDUCE_L1_KEEPDIMS (UINT32_C(1) << 1)

typedef struct weir_reduce_l2_options {
    uint32_t struct_size; // sizeof(weir_reduce_l2_options)
    uint32_t given;       // WEIR_REDUCE_L2_*: fields taken as they are even where zero
    int32_t n_axes; // how many of axes count; 0: the default
    int32_t axes[WEIR_MAX_RANK];
    int32_t keepdims; // default 1
} weir_reduce_l2_options;
#define WEIR_REDUCE_L2_AXES (UINT32_C(1) << 0)
#define WEIR_REDUCE_L2_KEEPDIMS (UINT32_C(1) << 1)

typedef struct weir_reduce_linf_options {
    uint32_t struct_size; // sizeof(weir_reduce_linf_options)
    uint32_t given;       // WEIR_REDUCE_LINF_*: fields taken as they are even where zero
    int32_t n_axes; // how many of axes count; 0: the default
    int32_t axes[WEIR_MAX_RANK];
    int32_t keepdims; // default 1
} weir_reduce_linf_options;
#define WEIR_REDUCE_LINF_AXES (UINT32_C(1) << 0)
#define WEIR_REDUCE_LINF_KEEPDIMS (UINT32_C(1) << 1)

typedef struct weir_reduce_sum_square_options {
    uint32_t struct_size; // sizeof(weir_reduce_sum_square_options)
    uint32_t given;       // WEIR_REDUCE_SUM_SQUARE_*: fields taken as they are even where zero
    int32_t n_axes; // how many of axes count; 0: the default
    int32_t axes[WEIR_MAX_RANK];
    int32_t keepdims; // default 1
} weir_reduce_sum_square_options;
#define WEIR_REDUCE_SUM_SQUARE_AXES (UINT32_C(1) << 0)
#define WEIR_REDUCE_SUM_SQUARE_KEEPDIMS (UINT32_C(1) << 1)

typedef struct weir_reduce_log_sum_options {
    uint32_t struct_size; // sizeof(weir_reduce_log_sum_options)
    uint32_t given;       // WEIR_REDUCE_LOG_SUM_*: fields taken as they are even where zero
    int32_t n_axes; // how many of axes count; 0: the default
    int32_t axes[WEIR_MAX_RANK];
    int32_t keepdims; // default 1
} weir_reduce_log_sum_options;
#define WEIR_REDUCE_LOG_SUM_AXES (UINT32_C(1) << 0)
#define WEIR_REDUCE_LOG_SUM_KEEPDIMS (UINT32_C(1) << 1)

typedef struct weir_reduce_log_sum_exp_options {
    uint32_t struct_size; // sizeof(weir_reduce_log_sum_exp_options)
    uint32_t given;       // WEIR_REDUCE_LOG_SUM_EXP_*: fields taken as they are even where zero
    int32_t n_axes; // how many of axes count; 0: the default
    int32_t axes[WEIR_MAX_RANK];
    int32_t keepdims; // default 1
} weir_reduce_log_sum_exp_options;
#define WEIR_REDUCE_LOG_SUM_EXP_AXES (UINT32_C(1) << 0)
#define WEIR_REDUCE_LOG_SUM_EXP_KEEPDIMS (UINT32_C(1) << 1)

typedef struct weir_any_options {
    uint32_t struct_size; // sizeof(weir_any_options)
    uint32_t given;       // WEIR_ANY_*: fields taken as they are even where zero
    int32_t n_axes; // how many of axes count; 0: the default
    int32_t axes[WEIR_MAX_RANK];
    int32_t keepdims; // default 1
} weir_any_options;
#define WEIR_ANY_AXES (UINT32_C(1) << 0)
#define WEIR_ANY_KEEPDIMS (UINT32_C(1) << 1)

typedef struct weir_all_options {
    uint32_t struct_size; // sizeof(weir_all_options)
    uint32_t given;       // WEIR_ALL_*: fields taken as they are even where zero
    int32_t n_axes; // how many of axes count; 0: the default
    int32_t axes[WEIR_MAX_RANK];
    int32_t keepdims; // default 1
} weir_all_options;
#define WEIR_ALL_AXES (UINT32_C(1) << 0)
#define WEIR_ALL_KEEPDIMS (UINT32_C(1) << 1)

typedef struct weir_dot_options {
    uint32_t struct_size; // sizeof(weir_dot_options)
    uint32_t given;       // WEIR_DOT_*: fields taken as they are even where zero
    int32_t axis; // default -1
    int32_t keepdims; // default 0
} weir_dot_options;
#define WEIR_DOT_AXIS (UINT32_C(1) << 0)
#define WEIR_DOT_KEEPDIMS (UINT32_C(1) << 1)

typedef struct weir_cumsum_options {
    uint32_t struct_size; // sizeof(weir_cumsum_options)
    uint32_t given;       // WEIR_CUMSUM_*: fields taken as they are even where zero
    int32_t axis; // default 0
    int32_t exclusive; // default 0
    int32_t reverse; // default 0
} weir_cumsum_options;
#define WEIR_CUMSUM_AXIS (UINT32_C(1) << 0)
#define WEIR_CUMSUM_EXCLUSIVE (UINT32_C(1) << 1)
#define WEIR_CUMSUM_REVERSE (UINT32_C(1) << 2)

typedef struct weir_softmax_options {
    uint32_t struct_size; // sizeof(weir_softmax_options)
    uint32_t given;       // WEIR_SOFTMAX_*: fields taken as they are even where zero
    int32_t axis; // default -1
} weir_softmax_options;
#define WEIR_SOFTMAX_AXIS (UINT32_C(1) << 0)

typedef struct weir_log_softmax_options {
    uint32_t struct_size; // sizeof(weir_log_softmax_options)
    uint32_t given;       // WEIR_LOG_SOFTMAX_*: fields taken as they are even where zero
    int32_t axis; // default -1
} weir_log_softmax_options;
#define WEIR_LOG_SOFTMAX_AXIS (UINT32_C(1) << 0)

typedef struct weir_layer_norm_options {
    uint32_t struct_size; // sizeof(weir_layer_norm_options)
    uint32_t given;       // WEIR_LAYER_NORM_*: fields taken as they are even where zero
    int32_t axis; // default -1
    float epsilon; // default 1e-5f
} weir_layer_norm_options;
#define WEIR_LAYER_NORM_AXIS (UINT32_C(1) << 0)
#define WEIR_LAYER_NORM_EPSILON (UINT32_C(1) << 1)

typedef struct weir_rms_norm_options {
    uint32_t struct_size; // sizeof(weir_rms_norm_options)
    uint32_t given;       // WEIR_RMS_NORM_*: fields taken as they are even where zero
    int32_t axis; // default -1
    float epsilon; // default 1e-5f
} weir_rms_norm_options;
#define WEIR_RMS_NORM_AXIS (UINT32_C(1) << 0)
#define WEIR_RMS_NORM_EPSILON (UINT32_C(1) << 1)

typedef struct weir_l2_normalize_options {
    uint32_t struct_size; // sizeof(weir_l2_normalize_options)
    uint32_t given;       // WEIR_L2_NORMALIZE_*: fields taken as they are even where zero
    int32_t axis; // default -1
    float epsilon; // default 1e-12f
} weir_l2_normalize_options;
#define WEIR_L2_NORMALIZE_AXIS (UINT32_C(1) << 0)
#define WEIR_L2_NORMALIZE_EPSILON (UINT32_C(1) << 1)

typedef struct weir_z_score_options {
    uint32_t struct_size; // sizeof(weir_z_score_options)
    uint32_t given;       // WEIR_Z_SCORE_*: fields taken as they are even where zero
    int32_t n_axes; // how many of axes count; 0: the default
    int32_t axes[WEIR_MAX_RANK];
    float ddof; // default 0.0f
} weir_z_score_options;
#define WEIR_Z_SCORE_AXES (UINT32_C(1) << 0)
#define WEIR_Z_SCORE_DDOF (UINT32_C(1) << 1)

typedef struct weir_mse_options {
    uint32_t struct_size; // sizeof(weir_mse_options)
    uint32_t given;       // WEIR_MSE_*: fields taken as they are even where zero
    int32_t n_axes; // how many of axes count; 0: the default
    int32_t axes[WEIR_MAX_RANK];
    int32_t keepdims; // default 0
} weir_mse_options;
#define WEIR_MSE_AXES (UINT32_C(1) << 0)
#define WEIR_MSE_KEEPDIMS (UINT32_C(1) << 1)

typedef struct weir_mae_options {
    uint32_t struct_size; // sizeof(weir_mae_options)
    uint32_t given;       // WEIR_MAE_*: fields taken as they are even where zero
    int32_t n_axes; // how many of axes count; 0: the default
    int32_t axes[WEIR_MAX_RANK];
    int32_t keepdims; // default 0
} weir_mae_options;
#define WEIR_MAE_AXES (UINT32_C(1) << 0)
#define WEIR_MAE_KEEPDIMS (UINT32_C(1) << 1)

typedef struct weir_huber_options {
    uint32_t struct_size; // sizeof(weir_huber_options)
    uint32_t given;       // WEIR_HUBER_*: fields taken as they are even where zero
    int32_t n_axes; // how many of axes count; 0: the default
    int32_t axes[WEIR_MAX_RANK];
    int32_t keepdims; // default 0
    float delta; // default 1.0f
} weir_huber_options;
#define WEIR_HUBER_AXES (UINT32_C(1) << 0)
#define WEIR_HUBER_KEEPDIMS (UINT32_C(1) << 1)
#define WEIR_HUBER_DELTA (UINT32_C(1) << 2)

typedef struct weir_cross_entropy_options {
    uint32_t struct_size; // sizeof(weir_cross_entropy_options)
    uint32_t given;       // WEIR_CROSS_ENTROPY_*: fields taken as they are even where zero
    int32_t axis; // default 1
    int32_t keepdims; // default 0
} weir_cross_entropy_options;
#define WEIR_CROSS_ENTROPY_AXIS (UINT32_C(1) << 0)
#define WEIR_CROSS_ENTROPY_KEEPDIMS (UINT32_C(1) << 1)

typedef struct weir_gemm_options {
    uint32_t struct_size; // sizeof(weir_gemm_options)
    uint32_t given;       // WEIR_GEMM_*: fields taken as they are even where zero
    float alpha; // default 1.0f
    float beta; // default 1.0f
    int32_t trans_a; // default 0
    int32_t trans_b; // default 0
    int32_t accumulate; // one of the next list; default 0, its first
} weir_gemm_options;
enum { WEIR_GEMM_ACCUMULATE_F32, WEIR_GEMM_ACCUMULATE_F64 };
#define WEIR_GEMM_ALPHA (UINT32_C(1) << 0)
#define WEIR_GEMM_BETA (UINT32_C(1) << 1)
#define WEIR_GEMM_TRANS_A (UINT32_C(1) << 2)
#define WEIR_GEMM_TRANS_B (UINT32_C(1) << 3)
#define WEIR_GEMM_ACCUMULATE (UINT32_C(1) << 4)

typedef struct weir_linear_options {
    uint32_t struct_size; // sizeof(weir_linear_options)
    uint32_t given;       // WEIR_LINEAR_*: fields taken as they are even where zero
    int32_t activation; // a weir_op, such as WEIR_OP_RELU; default 0: none
    float activation_alpha; // default 0.0f
    float activation_beta; // default 0.0f
    int32_t trans_weight; // default 1
    int32_t accumulate; // one of the next list; default 0, its first
} weir_linear_options;
enum { WEIR_LINEAR_ACCUMULATE_F32, WEIR_LINEAR_ACCUMULATE_F64 };
#define WEIR_LINEAR_ACTIVATION (UINT32_C(1) << 0)
#define WEIR_LINEAR_ACTIVATION_ALPHA (UINT32_C(1) << 1)
#define WEIR_LINEAR_ACTIVATION_BETA (UINT32_C(1) << 2)
#define WEIR_LINEAR_TRANS_WEIGHT (UINT32_C(1) << 3)
#define WEIR_LINEAR_ACCUMULATE (UINT32_C(1) << 4)

typedef struct weir_batch_norm_options {
    uint32_t struct_size; // sizeof(weir_batch_norm_options)
    uint32_t given;       // WEIR_BATCH_NORM_*: fields taken as they are even where zero
    float epsilon; // default 1e-05f
    int32_t axis; // default 1
} weir_batch_norm_options;
#define WEIR_BATCH_NORM_EPSILON (UINT32_C(1) << 0)
#define WEIR_BATCH_NORM_AXIS (UINT32_C(1) << 1)

typedef struct weir_concat_options {
    uint32_t struct_size; // sizeof(weir_concat_options)
    uint32_t given;       // WEIR_CONCAT_*: fields taken as they are even where zero
    int32_t axis; // default 0
} weir_concat_options;
#define WEIR_CONCAT_AXIS (UINT32_C(1) << 0)

typedef struct weir_pad_options {
    uint32_t struct_size; // sizeof(weir_pad_options)
    uint32_t given;       // WEIR_PAD_*: fields taken as they are even where zero
    int32_t mode; // one of the next list; default 0, its first
} weir_pad_options;
enum { WEIR_PAD_MODE_CONSTANT, WEIR_PAD_MODE_REFLECT, WEIR_PAD_MODE_EDGE };
#define WEIR_PAD_MODE (UINT32_C(1) << 0)

typedef struct weir_resize_bilinear_options {
    uint32_t struct_size; // sizeof(weir_resize_bilinear_options)
    uint32_t given;       // WEIR_RESIZE_BILINEAR_*: fields taken as they are even where zero
    int32_t axis; // default -2
    int32_t n_sizes; // how many of sizes count; 0: the default
    int32_t sizes[WEIR_MAX_RANK];
} weir_resize_bilinear_options;
#define WEIR_RESIZE_BILINEAR_AXIS (UINT32_C(1) << 0)
#define WEIR_RESIZE_BILINEAR_SIZES (UINT32_C(1) << 1)

typedef struct weir_gather_options {
    uint32_t struct_size; // sizeof(weir_gather_options)
    uint32_t given;       // WEIR_GATHER_*: fields taken as they are even where zero
    int32_t axis; // default 0
} weir_gather_options;
#define WEIR_GATHER_AXIS (UINT32_C(1) << 0)

typedef struct weir_histogram_options {
    uint32_t struct_size; // sizeof(weir_histogram_options)
    uint32_t given;       // WEIR_HISTOGRAM_*: fields taken as they are even where zero
    int32_t n_axes; // how many of axes count; 0: the default
    int32_t axes[WEIR_MAX_RANK];
    int32_t keepdims; // default 0
} weir_histogram_options;
#define WEIR_HISTOGRAM_AXES (UINT32_C(1) << 0)
#define WEIR_HISTOGRAM_KEEPDIMS (UINT32_C(1) << 1)

typedef struct weir_otsu_threshold_options {
    uint32_t struct_size; // sizeof(weir_otsu_threshold_options)
    uint32_t given;       // WEIR_OTSU_THRESHOLD_*: fields taken as they are even where zero
    int32_t n_axes; // how many of axes count; 0: the default
    int32_t axes[WEIR_MAX_RANK];
    int32_t keepdims; // default 0
} weir_otsu_threshold_options;
#define WEIR_OTSU_THRESHOLD_AXES (UINT32_C(1) << 0)
#define WEIR_OTSU_THRESHOLD_KEEPDIMS (UINT32_C(1) << 1)

typedef struct weir_threshold_at_options {
    uint32_t struct_size; // sizeof(weir_threshold_at_options)
    uint32_t given;       // WEIR_THRESHOLD_AT_*: fields taken as they are even where zero
    float maxval; // default 255.0f
} weir_threshold_at_options;
#define WEIR_THRESHOLD_AT_MAXVAL (UINT32_C(1) << 0)

// One call per operation, on plain arrays: returns when the output is written.

// a + b.
//
//   a              u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   b              as a
//   out_c          as a; its shape is that of weir_infer()
//
// Source: ONNX Add-14; IEEE 754 addition. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_add(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// a - b.
//
//   a              u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   b              as a
//   out_c          as a; its shape is that of weir_infer()
//
// Source: ONNX Sub-14; IEEE 754 subtraction. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_sub(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// a * b.
//
//   a              u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   b              as a
//   out_c          as a; its shape is that of weir_infer()
//
// Source: ONNX Mul-14; IEEE 754 multiplication. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_mul(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// a / b; of integers towards zero, and 0 where b is 0.
//
//   a              u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   b              as a
//   out_c          as a; its shape is that of weir_infer()
//
// Source: ONNX Div-14; IEEE 754 division. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_div(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// -x, the sign flipped.
//
//   x              s8|s16|s32|s64|f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Neg-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_neg(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// |x|, the sign cleared.
//
//   x              u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Abs-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_abs(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the smallest of 1 to 8 inputs, -0 below +0; a NaN gives a NaN.
//
//   in, n_in       1 to 8 arrays of u8|s8|s16|s32|s64|f16|bf16|f32|f64, which broadcast
//   out_c          as x0; its shape is that of weir_infer()
//
// Source: ONNX Min-13; NumPy minimum. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_min(weir_context *context,
    const weir_array *in, size_t n_in, const weir_array *out_c);

// the largest of 1 to 8 inputs, +0 above -0; a NaN gives a NaN.
//
//   in, n_in       1 to 8 arrays of u8|s8|s16|s32|s64|f16|bf16|f32|f64, which broadcast
//   out_c          as x0; its shape is that of weir_infer()
//
// Source: ONNX Max-13; NumPy maximum. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_max(weir_context *context,
    const weir_array *in, size_t n_in, const weir_array *out_c);

// max(0, x); a NaN gives a NaN.
//
//   x              s8|s16|s32|s64|f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Relu-14. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_relu(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// e to the x.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Exp-13; IEEE 754 exp. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_exp(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// a to the b, with the special cases of C's pow; of integers modulo 2^32 or 2^64, and 0 for a negative b but where a is 1 or -1.
//
//   a              s32|s64|f16|bf16|f32|f64
//   b              as a
//   out_c          as a; its shape is that of weir_infer()
//
// Source: ONNX Pow-15; IEEE 754 pow. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_pow(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// the sine of x radians, over the whole range.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Sin-7; IEEE 754 sin. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_sin(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the remainder of a / b with the sign of a, exact; of integers 0 where b is 0.
//
//   a              u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   b              as a
//   out_c          as a; its shape is that of weir_infer()
//
// Source: ISO C fmod; ONNX Mod-13 with fmod=1. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_fmod(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// the hyperbolic tangent of x.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Tanh-13; IEEE 754 tanh. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_tanh(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// 1 / (1 + exp(-x)).
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Sigmoid-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_sigmoid(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the square root of x.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Sqrt-13; IEEE 754 squareRoot. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_sqrt(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// x * scale + shift, rounded once.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: Weir. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_scale_shift(weir_context *context, const weir_scale_shift_options *options,
    const weir_array *x, const weir_array *out_y);

// min(max(x, min), max); a bound that is absent bounds nothing.
//
//   x              u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   min            as x, may be NULL
//   max            as x, may be NULL
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Clip-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_clamp(weir_context *context,
    const weir_array *x,
    const weir_array *min,
    const weir_array *max, const weir_array *out_y);

// the sum over axes (none: all), in the canonical order; within 126 + n/4096 half ulps of the sum of |x|, usually far closer; integers wrap.
//
//   x              s32|s64|f16|bf16|f32|f64
//   axes           s64, may be NULL
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX ReduceSum-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_reduce_sum(weir_context *context, const weir_reduce_sum_options *options,
    const weir_array *x,
    const weir_array *axes_input, const weir_array *out_y);

// the largest over axes (none: all); a NaN gives a NaN.
//
//   x              u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX ReduceMax-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_reduce_max(weir_context *context, const weir_reduce_max_options *options,
    const weir_array *x, const weir_array *out_y);

// the index of the largest along axis, or over the flattened input with flatten=1; the first of equals (last with select_last_index=1); a NaN wins.
//
//   x              u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   out_y          s64; its shape is that of weir_infer()
//
// Source: ONNX ArgMax-13; NumPy for NaN. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_argmax(weir_context *context, const weir_argmax_options *options,
    const weir_array *x, const weir_array *out_y);

// the index of the smallest along axis, or over the flattened input with flatten=1; the first of equals (last with select_last_index=1); a NaN wins.
//
//   x              u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   out_y          s64; its shape is that of weir_infer()
//
// Source: ONNX ArgMin-13; NumPy for NaN. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_argmin(weir_context *context, const weir_argmin_options *options,
    const weir_array *x, const weir_array *out_y);

// alpha * a' b' + beta * c, the axes before the last two broadcast, and c to the output: fused multiply-adds in increasing k within segments of 256, segments added in order; of f16 and bf16 in f32, rounded once at the end, or with accumulate=f64 all in f64; within min(k, 256) + k/256 + 2 half ulps of the sum of the sizes.
//
//   a              f16|bf16|f32|f64
//   b              as a
//   c              as a, may be NULL
//   out_y          as a; its shape is that of weir_infer()
//
// Source: ONNX MatMul-13, Gemm-13 for c, alpha, beta, trans_a, trans_b. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_matmul(weir_context *context, const weir_matmul_options *options,
    const weir_array *a,
    const weir_array *b,
    const weir_array *c, const weir_array *out_y);

// saturate(round(x / y_scale) + y_zero_point), ties to even; NaN gives 0.
//
//   x              f32
//   y_scale        f32; one value, or a vector along `axis`
//   y_zero_point   u8|s8, may be NULL; one value, or a vector along `axis`
//   out_y          as y_zero_point, or u8; its shape is that of weir_infer()
//
// Source: ONNX QuantizeLinear-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_quantize_linear(weir_context *context, const weir_quantize_linear_options *options,
    const weir_array *x,
    const weir_array *y_scale,
    const weir_array *y_zero_point, const weir_array *out_y);

// (x - x_zero_point) * x_scale.
//
//   x              u8|s8
//   x_scale        f32; one value, or a vector along `axis`
//   x_zero_point   as x, may be NULL; one value, or a vector along `axis`
//   out_y          f32; its shape is that of weir_infer()
//
// Source: ONNX DequantizeLinear-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_dequantize_linear(weir_context *context, const weir_dequantize_linear_options *options,
    const weir_array *x,
    const weir_array *x_scale,
    const weir_array *x_zero_point, const weir_array *out_y);

// (a - a_zero_point) (b - b_zero_point), the axes before the last two broadcast, exact in s32, modulo 2^32.
//
//   a              u8|s8
//   b              u8|s8
//   a_zero_point   as a, may be NULL
//   b_zero_point   as b, may be NULL
//   out_y          s32; its shape is that of weir_infer()
//
// Source: ONNX MatMulInteger-10. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_matmul_integer(weir_context *context,
    const weir_array *a,
    const weir_array *b,
    const weir_array *a_zero_point,
    const weir_array *b_zero_point, const weir_array *out_y);

// the axes permuted: y's axis i is x's axis perm[i]; no perm: reversed.
//
//   x              bool|u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Transpose-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_transpose(weir_context *context, const weir_transpose_options *options,
    const weir_array *x, const weir_array *out_y);

// 0.299 r + 0.587 g + 0.114 b over the last axis of 4, in f32, then rounded, ties to even.
//
//   x              u8; its last axis holds 4 channels
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ITU-R BT.601 luma. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_rgba_to_gray(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// maxval where x > threshold, else 0; a NaN stays; of u8 maxval is truncated.
//
//   x              u8|f32
//   out_y          as x; its shape is that of weir_infer()
//
// Source: OpenCV threshold, THRESH_BINARY. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_threshold(weir_context *context, const weir_threshold_options *options,
    const weir_array *x, const weir_array *out_y);

// (x * scale - mean) / std, a mean and a std for each channel of axis; three roundings.
//
//   x              u8|f32
//   mean           f32; one value, or a vector along `axis`
//   std            f32; one value, or a vector along `axis`
//   out_y          f32; its shape is that of weir_infer()
//
// Source: torchvision.transforms.Normalize. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_normalize(weir_context *context, const weir_normalize_options *options,
    const weir_array *x,
    const weir_array *mean,
    const weir_array *std, const weir_array *out_y);

// -1, 0 (+0 of either zero) or 1; a NaN stays.
//
//   x              u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Sign-13; NumPy sign. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_sign(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// x * x.
//
//   x              u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: NumPy square. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_square(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// 1 / sqrt(x).
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: IEEE 754 rSqrt. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_rsqrt(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the cube root of x.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: NumPy cbrt; ISO C cbrt. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_cbrt(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// 1 / x.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Reciprocal-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_reciprocal(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// 2 to the x.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: NumPy exp2; IEEE 754 exp2. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_exp2(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// exp(x) - 1, exact near zero too.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: NumPy expm1; IEEE 754 expm1. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_expm1(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the natural logarithm of x.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Log-13; IEEE 754 log. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_log(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the binary logarithm of x.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: NumPy log2; IEEE 754 log2. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_log2(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the decimal logarithm of x.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: NumPy log10; IEEE 754 log10. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_log10(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// log(1 + x), exact near zero too.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: NumPy log1p; IEEE 754 logp1. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_log1p(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the cosine of x radians, over the whole range.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Cos-7; IEEE 754 cos. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_cos(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the tangent of x radians, over the whole range.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Tan-7; IEEE 754 tan. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_tan(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the angle whose sine is x.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Asin-7; IEEE 754 asin. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_asin(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the angle whose cosine is x.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Acos-7; IEEE 754 acos. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_acos(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the angle whose tangent is x.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Atan-7; IEEE 754 atan. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_atan(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the hyperbolic sine of x.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Sinh-9; IEEE 754 sinh. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_sinh(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the hyperbolic cosine of x.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Cosh-9; IEEE 754 cosh. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_cosh(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the inverse hyperbolic sine of x.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Asinh-9; IEEE 754 asinh. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_asinh(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the inverse hyperbolic cosine of x.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Acosh-9; IEEE 754 acosh. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_acosh(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the inverse hyperbolic tangent of x.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Atanh-9; IEEE 754 atanh. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_atanh(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the error function of x.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Erf-13; ISO C erf. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_erf(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the largest integer that is not above x.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Floor-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_floor(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the smallest integer that is not below x.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Ceil-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_ceil(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the nearest integer, ties to even.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Round-11. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_round(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the integer part of x.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: NumPy trunc; ISO C trunc. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_trunc(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// min(max(x, 0), 6).
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: PyTorch relu6. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_relu6(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// x, or alpha * x where x < 0.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX LeakyRelu-16. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_leaky_relu(weir_context *context, const weir_leaky_relu_options *options,
    const weir_array *x, const weir_array *out_y);

// x, or slope * x where x < 0.
//
//   x              s32|s64|f16|bf16|f32|f64
//   slope          as x
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX PRelu-16. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_prelu(weir_context *context,
    const weir_array *x,
    const weir_array *slope, const weir_array *out_y);

// x where x > alpha, else 0, of a NaN too.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX ThresholdedRelu-10. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_thresholded_relu(weir_context *context, const weir_thresholded_relu_options *options,
    const weir_array *x, const weir_array *out_y);

// x, or alpha * (exp(x) - 1) where x < 0.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Elu-6. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_elu(weir_context *context, const weir_elu_options *options,
    const weir_array *x, const weir_array *out_y);

// max(0, x) + min(0, alpha * (exp(x / alpha) - 1)), alpha above 0.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Celu-12. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_celu(weir_context *context, const weir_celu_options *options,
    const weir_array *x, const weir_array *out_y);

// gamma * x, or gamma * alpha * (exp(x) - 1) where x <= 0.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Selu-6. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_selu(weir_context *context, const weir_selu_options *options,
    const weir_array *x, const weir_array *out_y);

// max(0, min(1, alpha * x + beta)), the sum rounded once.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX HardSigmoid-6. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_hard_sigmoid(weir_context *context, const weir_hard_sigmoid_options *options,
    const weir_array *x, const weir_array *out_y);

// x * max(0, min(1, x / 6 + 0.5)): 1/6 is rounded, the sum once, the product once.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX HardSwish-14. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_hard_swish(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// x / (1 + exp(-x)).
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: Hendrycks and Gimpel 2016; PyTorch SiLU. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_silu(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// 0.5 x (1 + erf(x / sqrt 2)).
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: Hendrycks and Gimpel 2016; ONNX Gelu-20. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_gelu(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: Hendrycks and Gimpel 2016; ONNX Gelu-20, approximate=tanh. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_gelu_tanh(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// log(1 + exp(x)).
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Softplus-1. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_softplus(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// x / (1 + |x|), the sum rounded, then the quotient.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Softsign-1. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_softsign(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// x * tanh(softplus(x)).
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Mish-18. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_mish(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// whether x is a NaN.
//
//   x              f16|bf16|f32|f64
//   out_y          bool; its shape is that of weir_infer()
//
// Source: ONNX IsNaN-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_isnan(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// whether x is an infinity, of the signs asked for.
//
//   x              f16|bf16|f32|f64
//   out_y          bool; its shape is that of weir_infer()
//
// Source: ONNX IsInf-10. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_isinf(weir_context *context, const weir_isinf_options *options,
    const weir_array *x, const weir_array *out_y);

// whether x is neither infinite nor a NaN.
//
//   x              f16|bf16|f32|f64
//   out_y          bool; its shape is that of weir_infer()
//
// Source: NumPy isfinite. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_isfinite(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the remainder of a / b with the sign of b: fmod(a, b), plus b where the signs differ; of integers 0 where b is 0.
//
//   a              u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   b              as a
//   out_c          as a; its shape is that of weir_infer()
//
// Source: NumPy mod; ONNX Mod-13 with fmod=0 (with fmod=1 it is `fmod`). Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_mod(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// the angle of the point (b, a), in radians.
//
//   a              f16|bf16|f32|f64
//   b              as a
//   out_c          as a; its shape is that of weir_infer()
//
// Source: ISO C atan2. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_atan2(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// sqrt(a^2 + b^2), without overflow on the way.
//
//   a              f16|bf16|f32|f64
//   b              as a
//   out_c          as a; its shape is that of weir_infer()
//
// Source: NumPy hypot; ISO C hypot. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_hypot(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// |a| with the sign of b; a NaN b counts as positive, since the sign of a NaN that was computed depends on the processor.
//
//   a              f16|bf16|f32|f64
//   b              as a
//   out_c          as a; its shape is that of weir_infer()
//
// Source: NumPy copysign. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_copysign(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// whether a == b.
//
//   a              bool|u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   b              as a
//   out_c          bool; its shape is that of weir_infer()
//
// Source: ONNX Equal. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_equal(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// whether a != b.
//
//   a              bool|u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   b              as a
//   out_c          bool; its shape is that of weir_infer()
//
// Source: NumPy not_equal. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_not_equal(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// whether a < b.
//
//   a              u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   b              as a
//   out_c          bool; its shape is that of weir_infer()
//
// Source: ONNX Less. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_less(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// whether a <= b.
//
//   a              u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   b              as a
//   out_c          bool; its shape is that of weir_infer()
//
// Source: ONNX LessOrEqual. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_less_equal(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// whether a > b.
//
//   a              u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   b              as a
//   out_c          bool; its shape is that of weir_infer()
//
// Source: ONNX Greater. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_greater(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// whether a >= b.
//
//   a              u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   b              as a
//   out_c          bool; its shape is that of weir_infer()
//
// Source: ONNX GreaterOrEqual. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_greater_equal(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// whether both are not zero.
//
//   a              bool|u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   b              as a
//   out_c          bool; its shape is that of weir_infer()
//
// Source: ONNX And-7; NumPy logical_and. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_logical_and(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// whether one is not zero.
//
//   a              bool|u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   b              as a
//   out_c          bool; its shape is that of weir_infer()
//
// Source: ONNX Or-7; NumPy logical_or. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_logical_or(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// whether exactly one is not zero.
//
//   a              bool|u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   b              as a
//   out_c          bool; its shape is that of weir_infer()
//
// Source: ONNX Xor-7; NumPy logical_xor. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_logical_xor(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// whether x is zero.
//
//   x              bool|u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   out_y          bool; its shape is that of weir_infer()
//
// Source: ONNX Not-1; NumPy logical_not. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_logical_not(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the bits that both have.
//
//   a              bool|u8|s8|s16|s32|s64
//   b              as a
//   out_c          as a; its shape is that of weir_infer()
//
// Source: NumPy bitwise_and; ONNX BitwiseAnd-18. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_bitwise_and(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// the bits that one has.
//
//   a              bool|u8|s8|s16|s32|s64
//   b              as a
//   out_c          as a; its shape is that of weir_infer()
//
// Source: NumPy bitwise_or; ONNX BitwiseOr-18. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_bitwise_or(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// the bits that exactly one has.
//
//   a              bool|u8|s8|s16|s32|s64
//   b              as a
//   out_c          as a; its shape is that of weir_infer()
//
// Source: NumPy bitwise_xor; ONNX BitwiseXor-18. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_bitwise_xor(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// the other bits; of bool see logical_not.
//
//   x              u8|s8|s16|s32|s64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: NumPy invert; ONNX BitwiseNot-18. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_bitwise_not(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// a * 2^b modulo the width; 0 where b is negative or not below the width.
//
//   a              u8|s8|s16|s32|s64
//   b              as a
//   out_c          as a; its shape is that of weir_infer()
//
// Source: NumPy left_shift. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_left_shift(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// a / 2^b rounded down; where b is negative or not below the width 0, or -1 where a is negative.
//
//   a              u8|s8|s16|s32|s64
//   b              as a
//   out_c          as a; its shape is that of weir_infer()
//
// Source: NumPy right_shift. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_right_shift(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// x where the condition holds, else y.
//
//   condition      bool
//   x              bool|u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   y              as x
//   out_z          as x; its shape is that of weir_infer()
//
// Source: ONNX Where-16. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_where(weir_context *context,
    const weir_array *condition,
    const weir_array *x,
    const weir_array *y, const weir_array *out_z);

// a + t * (b - a): the difference is rounded, then the sum once.
//
//   a              f16|bf16|f32|f64
//   b              as a
//   t              as a
//   out_c          as a; its shape is that of weir_infer()
//
// Source: PyTorch lerp. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_lerp(weir_context *context,
    const weir_array *a,
    const weir_array *b,
    const weir_array *t, const weir_array *out_c);

// a * b + c, rounded once.
//
//   a              f16|bf16|f32|f64
//   b              as a
//   c              as a
//   out_d          as a; its shape is that of weir_infer()
//
// Source: IEEE 754 fusedMultiplyAdd. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_fma(weir_context *context,
    const weir_array *a,
    const weir_array *b,
    const weir_array *c, const weir_array *out_d);

// the sum of 1 to 8 inputs, from the first on, a rounding each.
//
//   in, n_in       1 to 8 arrays of f16|bf16|f32|f64, which broadcast
//   out_y          as x0; its shape is that of weir_infer()
//
// Source: ONNX Sum-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_sum(weir_context *context,
    const weir_array *in, size_t n_in, const weir_array *out_y);

// the sum of 1 to 8 inputs divided by their number, a rounding each.
//
//   in, n_in       1 to 8 arrays of f16|bf16|f32|f64, which broadcast
//   out_y          as x0; its shape is that of weir_infer()
//
// Source: ONNX Mean-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_mean(weir_context *context,
    const weir_array *in, size_t n_in, const weir_array *out_y);

// x as another dtype: rounded once to a float; from a float to an integer truncated and saturated, NaN as 0; an integer to a narrower one wraps; to bool whether it is not zero; a NaN stays one, of any payload.
//
//   x              bool|u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   out_y          what the attribute says; its shape is that of weir_infer()
//
// Source: ONNX Cast-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_cast(weir_context *context, const weir_cast_options *options,
    const weir_array *x, const weir_array *out_y);

// the sum over axes (none: all) divided by the number of elements n; within 128 + n/4096 half ulps of the mean of |x|; of integers towards zero.
//
//   x              s32|s64|f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX ReduceMean-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_reduce_mean(weir_context *context, const weir_reduce_mean_options *options,
    const weir_array *x, const weir_array *out_y);

// the product over axes (none: all), in the canonical order; within n + 1 half ulps where no product on the way overflows or underflows; integers wrap.
//
//   x              s32|s64|f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX ReduceProd-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_reduce_prod(weir_context *context, const weir_reduce_prod_options *options,
    const weir_array *x, const weir_array *out_y);

// the smallest over axes (none: all); a NaN gives a NaN.
//
//   x              u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX ReduceMin-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_reduce_min(weir_context *context, const weir_reduce_min_options *options,
    const weir_array *x, const weir_array *out_y);

// the sum over axes (none: all) of (x - mean)^2, divided by max(n - ddof, 0); within 136 + n/4096 half ulps of the variance, and the square of 136 + n/4096 half ulps of the mean of |x|.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: NumPy var. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_reduce_var(weir_context *context, const weir_reduce_var_options *options,
    const weir_array *x, const weir_array *out_y);

// the square root of reduce_var; within 70 + n/8192 half ulps of the deviation, and 136 + n/4096 half ulps of the mean of |x|.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: NumPy std. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_reduce_std(weir_context *context, const weir_reduce_std_options *options,
    const weir_array *x, const weir_array *out_y);

// the sum of |x| over axes (none: all), within 126 + n/4096 half ulps; integers wrap.
//
//   x              s32|s64|f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX ReduceL1-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_reduce_l1(weir_context *context, const weir_reduce_l1_options *options,
    const weir_array *x, const weir_array *out_y);

// the square root of the sum of squares over axes (none: all), without overflow on the way; within 70 + n/8192 half ulps.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX ReduceL2-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_reduce_l2(weir_context *context, const weir_reduce_l2_options *options,
    const weir_array *x, const weir_array *out_y);

// the largest |x| over axes (none: all); a NaN gives a NaN; 0 of no elements; of integers |x| wraps, as in abs.
//
//   x              s8|s16|s32|s64|f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: NumPy linalg.norm, ord inf. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_reduce_linf(weir_context *context, const weir_reduce_linf_options *options,
    const weir_array *x, const weir_array *out_y);

// the sum of x * x over axes (none: all), each square rounded; within 128 + n/4096 half ulps; integers wrap.
//
//   x              s32|s64|f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX ReduceSumSquare-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_reduce_sum_square(weir_context *context, const weir_reduce_sum_square_options *options,
    const weir_array *x, const weir_array *out_y);

// the natural logarithm of the sum over axes (none: all); of positive elements within 154 + n/3000 half ulps of 1, and 1.5 ulp.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX ReduceLogSum-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_reduce_log_sum(weir_context *context, const weir_reduce_log_sum_options *options,
    const weir_array *x, const weir_array *out_y);

// the natural logarithm of the sum of exp(x) over axes (none: all), whatever the size of x; within 132 + n/4096 + 2 |max| half ulps of 1, and 1.5 ulp.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX ReduceLogSumExp-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_reduce_log_sum_exp(weir_context *context, const weir_reduce_log_sum_exp_options *options,
    const weir_array *x, const weir_array *out_y);

// whether an element over axes (none: all) is not zero.
//
//   x              bool|u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   out_y          bool; its shape is that of weir_infer()
//
// Source: NumPy any. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_any(weir_context *context, const weir_any_options *options,
    const weir_array *x, const weir_array *out_y);

// whether no element over axes (none: all) is zero.
//
//   x              bool|u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   out_y          bool; its shape is that of weir_infer()
//
// Source: NumPy all. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_all(weir_context *context, const weir_all_options *options,
    const weir_array *x, const weir_array *out_y);

// the sum of a * b along axis of what both broadcast to, each product rounded, in the canonical order; within 128 + n/4096 half ulps of the sum of |a * b|; integers wrap.
//
//   a              s32|s64|f16|bf16|f32|f64
//   b              as a
//   out_y          as a; its shape is that of weir_infer()
//
// Source: NumPy vecdot. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_dot(weir_context *context, const weir_dot_options *options,
    const weir_array *a,
    const weir_array *b, const weir_array *out_y);

// the sums of x along axis so far, from the end with reverse=1, without the element itself with exclusive=1; in the canonical order of blocks of 256: within 256 half ulps of the sum of |x| so far for up to 256 elements, 512 for up to 256^2, and so on; integers wrap. The input axis, one value, stands before the attribute.
//
//   x              s32|s64|f16|bf16|f32|f64
//   axis           s32|s64, may be NULL
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX CumSum-14; NumPy cumsum. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_cumsum(weir_context *context, const weir_cumsum_options *options,
    const weir_array *x,
    const weir_array *axis_input, const weir_array *out_y);

// exp(x - max) / (the sum of these) along axis; within 134 + n/4096 + 2 |x - max| half ulps, but in f32, f16 and bf16 what is below 2^-126 may be 0.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Softmax-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_softmax(weir_context *context, const weir_softmax_options *options,
    const weir_array *x, const weir_array *out_y);

// x - max - log(the sum of exp(x - max)) along axis; within 134 + n/4096 + 4 |x - max| + 4 log(n + 1) half ulps of 1.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX LogSoftmax-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_log_softmax(weir_context *context, const weir_log_softmax_options *options,
    const weir_array *x, const weir_array *out_y);

// (x - mean) / sqrt(variance + epsilon) * scale + bias over the axes from axis on; with a the mean of |x|, s the root and k = 140 + n/4096 half ulps within (k (|x| + a) / s + (k + (k a / s)^2) |y|) |scale| and a rounding of the bias, where k a < s / 4.
//
//   x              f16|bf16|f32|f64
//   scale          as x, may be NULL
//   bias           as x, may be NULL
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX LayerNormalization-17. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_layer_norm(weir_context *context, const weir_layer_norm_options *options,
    const weir_array *x,
    const weir_array *scale,
    const weir_array *bias, const weir_array *out_y);

// x / sqrt(mean of x^2 + epsilon) * scale over the axes from axis on; within 72 + n/8192 half ulps.
//
//   x              f16|bf16|f32|f64
//   scale          as x, may be NULL
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX RMSNormalization-23. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_rms_norm(weir_context *context, const weir_rms_norm_options *options,
    const weir_array *x,
    const weir_array *scale, const weir_array *out_y);

// x / max(norm, epsilon) with the norm of reduce_l2 along axis; within 72 + n/8192 half ulps.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: PyTorch normalize; ONNX LpNormalization-1, p=2. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_l2_normalize(weir_context *context, const weir_l2_normalize_options *options,
    const weir_array *x, const weir_array *out_y);

// (x - mean) / std over axes (none: all); with a the mean of |x|, s the deviation and k = 140 + n/4096 half ulps within k (|x| + a) / s + (k + (k a / s)^2) |y|, where k a < s / 4 and s > 2^-60.
//
//   x              f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: SciPy zscore. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_z_score(weir_context *context, const weir_z_score_options *options,
    const weir_array *x, const weir_array *out_y);

// the mean of (a - b)^2 over axes (none: all); within 132 + n/4096 half ulps.
//
//   a              f16|bf16|f32|f64
//   b              as a
//   out_y          as a; its shape is that of weir_infer()
//
// Source: PyTorch MSELoss. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_mse(weir_context *context, const weir_mse_options *options,
    const weir_array *a,
    const weir_array *b, const weir_array *out_y);

// the mean of |a - b| over axes (none: all); within 130 + n/4096 half ulps.
//
//   a              f16|bf16|f32|f64
//   b              as a
//   out_y          as a; its shape is that of weir_infer()
//
// Source: PyTorch L1Loss. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_mae(weir_context *context, const weir_mae_options *options,
    const weir_array *a,
    const weir_array *b, const weir_array *out_y);

// the mean over axes (none: all) of d^2 / 2 where d = |a - b| <= delta, else delta * (d - delta / 2), delta above 0; within 134 + n/4096 half ulps.
//
//   a              f16|bf16|f32|f64
//   b              as a
//   out_y          as a; its shape is that of weir_infer()
//
// Source: PyTorch HuberLoss. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_huber(weir_context *context, const weir_huber_options *options,
    const weir_array *a,
    const weir_array *b, const weir_array *out_y);

// -log softmax(scores) along axis at the label, which has the shape of scores without axis; where the label is no class infinity, or NaN where a score is none or infinite; at most 2^24 classes, in f64 more; within 134 + n/4096 + 4 |score - max| + 4 log(n + 1) half ulps of 1.
//
//   scores         f16|bf16|f32|f64
//   labels         s32|s64
//   out_y          as scores; its shape is that of weir_infer()
//
// Source: ONNX SoftmaxCrossEntropyLoss-13 with reduction=none, without weights and ignore_index. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_cross_entropy(weir_context *context, const weir_cross_entropy_options *options,
    const weir_array *scores,
    const weir_array *labels, const weir_array *out_y);

// alpha * a' b' + beta * c of matrices: fused multiply-adds in increasing k within segments of 256, segments added in order; of f16 and bf16 in f32, rounded once at the end, or with accumulate=f64 all in f64; within min(k, 256) + k/256 + 2 half ulps of the sum of the sizes.
//
//   a              f16|bf16|f32|f64
//   b              as a
//   c              as a, may be NULL
//   out_y          as a; its shape is that of weir_infer()
//
// Source: ONNX Gemm-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_gemm(weir_context *context, const weir_gemm_options *options,
    const weir_array *a,
    const weir_array *b,
    const weir_array *c, const weir_array *out_y);

// activation(x weight' + bias): the product of matmul over the last axis of x, the bias added, then an elementwise operation of one input, such as relu, gelu, silu or leaky_relu, with activation_alpha and activation_beta in place of its own attributes where it has them and they are given; weight is [n, k], with trans_weight=0 [k, n]; of f16 and bf16 all in f32, rounded once at the end, or with accumulate=f64 all in f64, where an activation such as gelu is the C library's and runs on the CPU alone; before the activation within the bound of matmul.
//
//   x              f16|bf16|f32|f64
//   weight         as x
//   bias           as x, may be NULL
//   out_y          as x; its shape is that of weir_infer()
//
// Source: PyTorch linear; the names of ONNX RNN's attributes. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_linear(weir_context *context, const weir_linear_options *options,
    const weir_array *x,
    const weir_array *weight,
    const weir_array *bias, const weir_array *out_y);

// of each axis the elements from start on, before end, in steps of either sign; negative positions count from the end; no axes: the first ones; no steps: 1. starts and ends must be there.
//
//   x              bool|u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   starts         s32|s64, may be NULL
//   ends           s32|s64, may be NULL
//   axes           s32|s64, may be NULL
//   steps          s32|s64, may be NULL
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Slice-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_slice(weir_context *context,
    const weir_array *x,
    const weir_array *starts_input,
    const weir_array *ends_input,
    const weir_array *axes_input,
    const weir_array *steps_input, const weir_array *out_y);

// x broadcast to shape, and shape to x; shape must be there.
//
//   x              bool|u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   shape          s32|s64, may be NULL
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Expand-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_expand(weir_context *context,
    const weir_array *x,
    const weir_array *shape_input, const weir_array *out_y);

// the last axis, the channels, before the two axes of the image.
//
//   x              bool|u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   out_y          as x; its shape is that of weir_infer()
//
// Source: torchvision ToTensor's order. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_hwc_to_chw(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// (x - mean) / sqrt(var + epsilon) * scale + b, the vectors along axis: the difference, the sum, the root and the quotient are rounded, the rest once.
//
//   x              f16|bf16|f32|f64
//   scale          as x; one value, or a vector along `axis`
//   b              as x; one value, or a vector along `axis`
//   input_mean     as x; one value, or a vector along `axis`
//   input_var      as x; one value, or a vector along `axis`
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX BatchNormalization-15, inference. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_batch_norm(weir_context *context, const weir_batch_norm_options *options,
    const weir_array *x,
    const weir_array *scale,
    const weir_array *b,
    const weir_array *input_mean,
    const weir_array *input_var, const weir_array *out_y);

// 1 to 8 inputs, one behind the other along axis (which ONNX wants to be given); the other axes are equal.
//
//   in, n_in       1 to 8 arrays of bool|u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   out_y          as x0; its shape is that of weir_infer()
//
// Source: ONNX Concat-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_concat(weir_context *context, const weir_concat_options *options,
    const weir_array *in, size_t n_in, const weir_array *out_y);

// x with so many elements added before each axis, then behind each; a negative number takes away. mode constant (0) adds constant_value, one value, or zero; reflect (1) mirrors at the first and last element; edge (2) repeats these. pads must be there.
//
//   x              bool|u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   pads           s32|s64, may be NULL
//   constant_value as x, may be NULL
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Pad-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_pad(weir_context *context, const weir_pad_options *options,
    const weir_array *x,
    const weir_array *pads_input,
    const weir_array *constant_value, const weir_array *out_y);

// 0.299 r + 0.587 g + 0.114 b over the last axis of 3, in f32, then rounded, ties to even.
//
//   x              u8; its last axis holds 3 channels
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ITU-R BT.601 luma. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_rgb_to_gray(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the two axes of an image, axis and the next, take the two sizes, which must be given: between the middles of four pixels a + w * (b - a) along the second axis, then along the first, in f32, the weight, the difference and the sum rounded; beyond the outermost middles the edge; within 11 half ulps of the largest of the four; u8 rounded, ties to even. axis -2 is ONNX's NCHW, -3 is channels last.
//
//   x              u8|f16|bf16|f32
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Resize-13, linear, half_pixel. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_resize_bilinear(weir_context *context, const weir_resize_bilinear_options *options,
    const weir_array *x, const weir_array *out_y);

// the elements of data along axis that indices names, in the place of that axis; a negative index counts from the end. An index out of range is refused before anything is written where the host holds indices when the call runs; where only a device does, its elements come out as zeros, on every device.
//
//   data           bool|u8|s8|s16|s32|s64|f16|bf16|f32|f64
//   indices        s32|s64
//   out_y          as data; its shape is that of weir_infer()
//
// Source: ONNX Gather-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_gather(weir_context *context, const weir_gather_options *options,
    const weir_array *data,
    const weir_array *indices, const weir_array *out_y);

// how often each value 0 to 255 occurs over axes (none: all): 256 counts, in a last axis of their own.
//
//   x              u8
//   out_y          s32; its shape is that of weir_infer()
//
// Source: NumPy bincount. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_histogram(weir_context *context, const weir_histogram_options *options,
    const weir_array *x, const weir_array *out_y);

// the t for which the classes x <= t and x > t over axes (none: all) differ most: the least t with the greatest between-class variance, compared exactly (OpenCV and scikit-image take the first as well, of variances rounded in f64), and 0 where all values are one. threshold_at applies it.
//
//   x              u8
//   out_y          u8; its shape is that of weir_infer()
//
// Source: Otsu 1979; OpenCV THRESH_OTSU. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_otsu_threshold(weir_context *context, const weir_otsu_threshold_options *options,
    const weir_array *x, const weir_array *out_y);

// maxval where x > t, else 0, with a threshold that was computed, such as otsu_threshold's; a NaN in x stays; of u8 maxval is truncated.
//
//   x              u8|f32
//   t              as x
//   out_y          as x; its shape is that of weir_infer()
//
// Source: OpenCV threshold, THRESH_BINARY. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_threshold_at(weir_context *context, const weir_threshold_at_options *options,
    const weir_array *x,
    const weir_array *t, const weir_array *out_y);

#ifdef __cplusplus
}
#endif

#endif
