// SPDX-License-Identifier: Apache-2.0
// The counts themselves (NumPy bincount). Exact.
W_FN(w_u) w_op_histogram(W_COUNTS counts, w_u value) { return w_count(counts, value); }
