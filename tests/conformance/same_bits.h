// SPDX-License-Identifier: Apache-2.0
// docs/same-bits.md as it is committed.
#ifndef TESTS_SAME_BITS_H
#define TESTS_SAME_BITS_H

#include <stdio.h>

#include "runtime/ops/op.h"

// The page has a section for each kind of machine that a run has written.
extern const char *const page_machines[];
enum { PAGE_MACHINES = 2 };
// The text of a machine's section, empty where there is none; the caller frees.
char *page_read(const char *path, const char *machine);
#define PAGE_HEAD "| operation | dtypes |"
// Copies what stands above the lines (false where there is none); the lines of an operation; those of
// the rows of kernels.def.
bool page_copy_head(FILE *to, const char *section);
void page_copy(FILE *to, const char *section, const w_op *op);
void page_copy_rows(FILE *to, const char *section);
// Every operation and dtype has its line on the committed page, and none says that bits differ.
void test_page(void **state);

#endif
