// SPDX-License-Identifier: Apache-2.0
#define W_ISA scalar
#include "backends/cpu/scalar/vec.h"
#include "backends/cpu/contract_float.inc"
#include "backends/cpu/contract_int.inc"
