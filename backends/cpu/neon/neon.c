// SPDX-License-Identifier: Apache-2.0
#define W_ISA neon
#include "backends/cpu/neon/vec.h"
#include "backends/cpu/loops/isa.inc"
