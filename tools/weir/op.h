// SPDX-License-Identifier: Apache-2.0
//
// The parts of `weir op`.
#ifndef TOOL_OP_H
#define TOOL_OP_H

#include <weir/weir.h>

// By Weir's name or ONNX's; 0, after a line on stderr with the closest name, if there is none.
weir_op op_find(const char *name);
// Prints every operation: as a table, or as {"ops":[...]}. Returns the exit status.
int op_list(bool json);
// Prints what one operation takes and gives.
void op_explain(weir_op op);

#endif
