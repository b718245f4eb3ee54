// SPDX-License-Identifier: Apache-2.0
#define W_ISA avx2
#include "backends/cpu/avx2/vec.h"
#include "backends/cpu/contract_float.inc"
#include "backends/cpu/contract_int.inc"
