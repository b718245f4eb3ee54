// SPDX-License-Identifier: Apache-2.0
#define DOT_WIDTH 8
#define DOT_ENTRY w_contract_int_avxvnni
#include "backends/cpu/contract_dot.inc"
