// SPDX-License-Identifier: Apache-2.0
#define DOT_SQUARES
#define DOT_ENTRY w_contract_int_i8mm
#include "backends/cpu/neon/dot.inc"
