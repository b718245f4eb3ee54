// SPDX-License-Identifier: Apache-2.0
#define W_ISA scalar
#include "backends/cpu/scalar/vec.h"
#include "backends/cpu/loops/isa.inc"
