// SPDX-License-Identifier: Apache-2.0
//
// The cost model: what was measured of each device, and the predictions made from it.
//
// For each device: its two links to the host (latency and bandwidth), one curve of time over work
// for each class of kernels, measured with one operation of the class, and for each operation its
// ratio to that curve at a few sizes. A class is a family, a class of dtypes and a coarse class of
// shapes; work is the size of the iteration space: elements for MAP and MOVE, input elements for
// REDUCE, m * n * k for CONTRACT.
//
// Threads: every function may be called from any thread. Readers take no lock. A reader beside a
// writer may see a curve half renewed; every point that it sees was measured, so that its answer is
// still a prediction. Writers exclude each other.
#ifndef W_COST_H
#define W_COST_H

#include "runtime/device.h"

enum {
    W_FAMILY_CLASSES = 8, // two bits of dtypes, one bit of shape
    W_CLASSES = W_FAMILIES * W_FAMILY_CLASSES,
    W_CLASS_SHAPE = 4,     // the bit of shape; clear: the plain one (flat, all, square, permuted)
    W_SERIES_POINTS = 12,  // of a curve or of an operation's ratios
    W_MODEL_OPS = 512,     // operations with a number from here on are never measured
    W_RATIO_ONE = 1 << 16, // ratios are stored in parts of this
    W_BASE_MARK = 1,       // work of the ratio that marks the operation a curve was measured with
};

// A point of a curve (value: picoseconds) or of an operation's ratios (value: parts of
// W_RATIO_ONE). Integers, so that a profile reads back what was written.
typedef struct w_cost_point {
    uint64_t work, value;
} w_cost_point;

// latency 0 and bandwidth 0: not measured.
typedef struct w_link {
    uint64_t latency_ps;
    uint64_t bytes_per_s;
} w_link;

typedef struct w_model w_model;

weir_status w_model_create(const w_host *host, w_model **out_model);
void w_model_destroy(w_model *model); // NULL is ignored
// Grows with every change.
uint64_t w_model_version(const w_model *model);

// The class that a descriptor falls into, below W_CLASSES, and its work, at least 1.
uint32_t w_cost_class(const w_desc *desc);
uint64_t w_cost_work(const w_desc *desc);

// ---- predictions

// Nanoseconds that the kernel takes on device number `device` with its data there, launch and wait
// included; negative where the class or the operation was not measured on it. Between two points
// the curve is a straight line over logarithms; below the first it is flat; beyond the last it
// goes on with the slope of its last piece, at least in proportion to the work. A class that was
// not measured is predicted by that of the other shape, a move of other elements by four-byte ones.
// An expression costs what its operations do, but passes over memory one time: the sum, less the
// cheapest operation for each but one of them.
double w_cost_kernel(const w_model *model, uint32_t device, const w_desc *desc);
// The same in two steps, for one operation on several devices.
typedef struct w_cost_query {
    weir_op op;
    uint32_t class_number;
    float log2_work;
    const w_desc *chain; // an expression's descriptor, which must outlive the query; else NULL
} w_cost_query;
w_cost_query w_cost_ask(const w_desc *desc);
double w_cost_answer(const w_model *model, uint32_t device, const w_cost_query *query);
// Nanoseconds of one copy between the host and the device; 0 for the CPU (device 0) and negative
// where the link was not measured.
double w_cost_link(const w_model *model, uint32_t device, uint64_t bytes, bool to_device);
// Bit d: something was measured on device d.
uint32_t w_model_devices(const w_model *model);

// ---- what was measured

// Adds a point or replaces the one with the same work. Values of 0 or of more than W_VALUE_MAX and
// numbers out of range are refused (WEIR_INVALID_ARGUMENT), so is a point that finds its series
// full.
#define W_VALUE_MAX ((uint64_t)1 << 56)
weir_status w_model_set_curve(w_model *model, uint32_t device, uint32_t class_number, uint64_t work,
                              uint64_t picoseconds);
weir_status w_model_set_ratio(w_model *model, uint32_t device, weir_op op, uint32_t class_number,
                              uint64_t work, uint64_t ratio);
weir_status w_model_set_link(w_model *model, uint32_t device, bool to_device, const w_link *link);

// Copies the points out, ascending in work, and returns how many there are (0: not measured).
uint32_t w_model_curve(const w_model *model, uint32_t device, uint32_t class_number,
                       w_cost_point out[W_SERIES_POINTS]);
uint32_t w_model_ratios(const w_model *model, uint32_t device, weir_op op, uint32_t class_number,
                        w_cost_point out[W_SERIES_POINTS]);
bool w_model_link(const w_model *model, uint32_t device, bool to_device, w_link *out);
// Nanoseconds on the class's curve alone, negative where it has none (no class stands in).
double w_model_curve_at(const w_model *model, uint32_t device, uint32_t class_number,
                        uint64_t work);

#endif
