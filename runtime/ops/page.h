// SPDX-License-Identifier: Apache-2.0
#ifndef W_OPS_PAGE_H
#define W_OPS_PAGE_H

#include "runtime/ops/op.h"

#include <stdio.h>

// Writes the reference page of all operations as Markdown.
void w_put_page(FILE *file);

#endif
