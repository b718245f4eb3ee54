// SPDX-License-Identifier: Apache-2.0
//
// The peers of bench/peers: each is loaded while it runs, or driven in a process of its own, and
// may be absent.
#ifndef PEERS_H
#define PEERS_H

#include "bench/harness/harness.h"

// Before anything is loaded: the environment in which OpenBLAS, BLIS, oneDNN and PyTorch take their
// best kernels up to `isa`, whatever the CPU's model number says (virtual machines mask it), and
// their threads wait for work as long as they do by themselves. Where that changes the environment
// the program starts itself anew.
void peers_prepare(char **argv, const char *isa);

// Each joins as many contenders as it has, or says in a note why it is absent.
void peers_join_blas(harness *h);
void peers_join_dnnl(harness *h);
void peers_join_vector(harness *h);
void peers_join_python(harness *h, const char *interpreter, unsigned number);
void peers_leave_python(void);

// How a library of Python's writes a case, for ONNX Runtime a node and its attributes; NULL where
// it has nothing of the kind. Lasts until the next call.
typedef enum peers_library {
    PEERS_NUMPY,
    PEERS_TORCH,
    PEERS_WRITTEN,
    PEERS_ONNX = PEERS_WRITTEN,
    PEERS_LIBRARIES
} peers_library;
const char *peers_expression(const harness_case *c, peers_library library);

// How many threads OpenMP's callers get (oneDNN; BLIS has a call of its own).
void peers_openmp_threads(uint32_t threads);
// An address in a library, or NULL after a note.
void *peers_symbol(harness *h, void *library, const char *peer, const char *name);

// Fork-join of the CPU device's threads beside other pools (group "threads").
void peers_fork_join(harness *h);

// The products once more with AVX2 for everybody (group "matmul_f32_avx2").
void peers_narrow(harness *h);

// docs/performance.md of the rows.
int peers_write_markdown(const harness *h, FILE *out);

#endif
