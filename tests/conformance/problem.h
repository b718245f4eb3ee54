// SPDX-License-Identifier: Apache-2.0
// What the makers of problems share.
#ifndef CONFORMANCE_PROBLEM_H
#define CONFORMANCE_PROBLEM_H

#include "tests/conformance/conformance.h"

attribute *problem_attribute(problem *p, const char *name);
void problem_set_int(problem *p, const char *name, int32_t value);
void problem_input(problem *p, uint32_t i, weir_dtype dtype, int32_t rank, const int64_t *shape,
                   layout form, random_state *r);
// REDUCE, ROW, SCAN and HISTOGRAM.
void problem_rows(problem *p, const weir_dtype *dtypes, const shape_row *row, random_state *r);
void problem_sample(problem *p, const weir_dtype *dtypes, const shape_row *row, random_state *r);
// MOVEs of several inputs or rules; false: another operation.
bool problem_parts(problem *p, const weir_dtype *dtypes, const shape_row *row, random_state *r);
void problem_gather(problem *p, const weir_dtype *dtypes, const shape_row *row, random_state *r);

#endif
