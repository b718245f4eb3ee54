// SPDX-License-Identifier: Apache-2.0
#define DOT_ENTRY w_contract_int_dotprod
#include "backends/cpu/neon/dot.inc"
