// SPDX-License-Identifier: Apache-2.0
#define W_ISA avx512
#include "backends/cpu/avx512/vec.h"
#include "backends/cpu/contract_float.inc"
#include "backends/cpu/contract_int.inc"
