// SPDX-License-Identifier: Apache-2.0
// docs/same-bits.md as it is committed.
#ifndef TESTS_SAME_BITS_H
#define TESTS_SAME_BITS_H

#include <stdio.h>

#include "runtime/ops/op.h"

// The page's text, empty where there is none; the caller frees.
char *page_read(const char *path);
// Copies the lines of an operation.
void page_copy(FILE *to, const char *page, const w_op *op);
// Every operation and dtype has its line on the committed page, and none says that bits differ.
void test_page(void **state);

#endif
