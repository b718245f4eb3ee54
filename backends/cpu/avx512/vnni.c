// SPDX-License-Identifier: Apache-2.0
#define DOT_WIDTH 16
#define DOT_ENTRY w_contract_int_vnni
#include "backends/cpu/contract_dot.inc"
