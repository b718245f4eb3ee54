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
} weir_matmul_options;
#define WEIR_MATMUL_ALPHA (UINT32_C(1) << 0)
#define WEIR_MATMUL_BETA (UINT32_C(1) << 1)
#define WEIR_MATMUL_TRANS_A (UINT32_C(1) << 2)
#define WEIR_MATMUL_TRANS_B (UINT32_C(1) << 3)

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

// One call per operation, on plain arrays: returns when the output is written.

// a + b.
//
//   a              f32
//   b              f32
//   out_c          as a; its shape is that of weir_infer()
//
// Source: ONNX Add-14; IEEE 754 addition. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_add(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// a - b.
//
//   a              f32
//   b              f32
//   out_c          as a; its shape is that of weir_infer()
//
// Source: ONNX Sub-14; IEEE 754 subtraction. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_sub(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// a * b.
//
//   a              f32
//   b              f32
//   out_c          as a; its shape is that of weir_infer()
//
// Source: ONNX Mul-14; IEEE 754 multiplication. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_mul(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// a / b.
//
//   a              f32
//   b              f32
//   out_c          as a; its shape is that of weir_infer()
//
// Source: ONNX Div-14; IEEE 754 division. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_div(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// -x, the sign flipped.
//
//   x              f32
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Neg-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_neg(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// |x|, the sign cleared.
//
//   x              f32
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Abs-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_abs(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the smaller, -0 below +0; a NaN gives a NaN.
//
//   a              f32
//   b              f32
//   out_c          as a; its shape is that of weir_infer()
//
// Source: ONNX Min-13; NumPy minimum. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_min(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// the larger, +0 above -0; a NaN gives a NaN.
//
//   a              f32
//   b              f32
//   out_c          as a; its shape is that of weir_infer()
//
// Source: ONNX Max-13; NumPy maximum. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_max(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// max(0, x); a NaN gives a NaN.
//
//   x              f32
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Relu-14. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_relu(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// e to the x.
//
//   x              f32
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Exp-13; IEEE 754 exp. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_exp(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// a to the b, with the special cases of C's pow.
//
//   a              f32
//   b              f32
//   out_c          as a; its shape is that of weir_infer()
//
// Source: ONNX Pow-15; IEEE 754 pow. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_pow(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// the sine of x radians, over the whole range.
//
//   x              f32
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Sin-7; IEEE 754 sin. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_sin(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the remainder of a / b with the sign of a, exact.
//
//   a              f32
//   b              f32
//   out_c          as a; its shape is that of weir_infer()
//
// Source: ISO C fmod; ONNX Mod-13 with fmod=1. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_fmod(weir_context *context,
    const weir_array *a,
    const weir_array *b, const weir_array *out_c);

// the hyperbolic tangent of x.
//
//   x              f32
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Tanh-13; IEEE 754 tanh. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_tanh(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// 1 / (1 + exp(-x)).
//
//   x              f32
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Sigmoid-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_sigmoid(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// the square root of x.
//
//   x              f32
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Sqrt-13; IEEE 754 squareRoot. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_sqrt(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// x * scale + shift, rounded once.
//
//   x              f32
//   out_y          as x; its shape is that of weir_infer()
//
// Source: Weir. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_scale_shift(weir_context *context, const weir_scale_shift_options *options,
    const weir_array *x, const weir_array *out_y);

// min(max(x, min), max); a bound that is absent bounds nothing.
//
//   x              f32
//   min            f32, may be NULL
//   max            f32, may be NULL
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX Clip-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_clamp(weir_context *context,
    const weir_array *x,
    const weir_array *min,
    const weir_array *max, const weir_array *out_y);

// the sum over axes (none: all), in the canonical order; within 126 + n/4096 half ulps of the sum of |x|, usually far closer.
//
//   x              f32
//   axes           s64, may be NULL
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX ReduceSum-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_reduce_sum(weir_context *context, const weir_reduce_sum_options *options,
    const weir_array *x,
    const weir_array *axes_input, const weir_array *out_y);

// the largest over axes (none: all); a NaN gives a NaN.
//
//   x              f32
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ONNX ReduceMax-13. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_reduce_max(weir_context *context, const weir_reduce_max_options *options,
    const weir_array *x, const weir_array *out_y);

// the index of the largest along axis, or over the flattened input with flatten=1; the first of equals (last with select_last_index=1); a NaN wins.
//
//   x              f32
//   out_y          s64; its shape is that of weir_infer()
//
// Source: ONNX ArgMax-13; NumPy for NaN. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_argmax(weir_context *context, const weir_argmax_options *options,
    const weir_array *x, const weir_array *out_y);

// the index of the smallest along axis, or over the flattened input with flatten=1; the first of equals (last with select_last_index=1); a NaN wins.
//
//   x              f32
//   out_y          s64; its shape is that of weir_infer()
//
// Source: ONNX ArgMin-13; NumPy for NaN. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_argmin(weir_context *context, const weir_argmin_options *options,
    const weir_array *x, const weir_array *out_y);

// alpha * a' b' + beta * c: fused multiply-adds in increasing k within segments of 256, segments added in order.
//
//   a              f32
//   b              f32
//   c              f32, may be NULL
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

// (a - a_zero_point) (b - b_zero_point), exact in s32, modulo 2^32.
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

// 0.299 r + 0.587 g + 0.114 b over the last axis of 4, rounded, ties to even.
//
//   x              u8; its last axis holds 4 channels
//   out_y          as x; its shape is that of weir_infer()
//
// Source: ITU-R BT.601 luma. Threads, ownership, errors: as weir_run().
WEIR_API weir_status weir_rgba_to_gray(weir_context *context,
    const weir_array *x, const weir_array *out_y);

// maxval where x > threshold, else 0; a NaN stays.
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

#ifdef __cplusplus
}
#endif

#endif
