// SPDX-License-Identifier: Apache-2.0
// Chains in OpenCL C (backends/chain_text.h).
#include "backends/opencl/opencl.h"

#include <ctype.h>
#include <string.h>

static void load(w_text *t, const char *word, w_class class, weir_dtype dtype, const char *from)
{
    w_text_put(t, "%s%s_of_%s(%s)", word, w_class_names[class], weir_dtype_name(dtype), from);
}

static void save(w_text *t, const char *word, w_class class, weir_dtype dtype, const char *from)
{
    w_text_put(t, "%s%s_of_%s(%s)", word, weir_dtype_name(dtype), w_class_names[class], from);
}

static void number(w_text *t, const char *word, w_class class, uint32_t index, float value,
                   bool constant)
{
    uint32_t bits;
    (void)index;
    memcpy(&bits, &value, sizeof bits);
    if (constant)
        w_text_put(t, "%s%s_of_f32(as_float(0x%08xu))", word, w_class_names[class], bits);
    else
        w_text_put(t, "(%sv)as_float(0x%08xu)", word, bits);
}

static const w_chain_language language = {"static ", w_cl_storage, load, save, number};

// The formulas of one class: of the home class as they are.
typedef struct formulas {
    w_text *text;
    w_class class, home;
} formulas;

static void put_formula(void *arg, const w_op *op)
{
    const formulas *f = arg;
    const char *formula = w_source_find(w_formulas, op->name);
    if (!formula)
        return;
    if (f->class == f->home)
        w_text_put_whole(f->text, formula);
    else
        w_text_put_renamed(f->text, formula, f->class);
}

static void put_section(w_text *t, const w_cl_device *device, const w_chain *chain, w_class class)
{
    char prefix[8] = "W";
    strcat(prefix, w_class_names[class]);
    prefix[1] = (char)toupper((unsigned char)prefix[1]);
    w_text_put(t, "#define %s_IN_%s\n", prefix, prefix + 1);
    if (class == W_CLASS_F32 && device->exact_fma)
        w_text_put(t, "#define %s_EXACT_FMA\n", prefix);
    if (device->exact_div)
        w_text_put(t, "#define %s_EXACT_DIV\n", prefix);
    if (w_chain_has_f64(chain))
        w_text_put(t, "#define %s_HAVE_F64\n", prefix);
    w_text_put_renamed(t, w_source_find(w_cl_loops, "class"), class);
    formulas f = {t, class, w_chain_home(chain)};
    w_chain_each_op(chain, class, put_formula, &f);
}

weir_status w_cl_chain_sources(const w_cl_device *device, const w_chain *chain, w_text *others,
                               w_text *function)
{
    w_class home = w_chain_home(chain);
    for (int class = 0; class < W_COMPUTE_CLASSES; class ++)
        if ((w_class) class != home && w_chain_has_class(chain, (w_class) class))
            put_section(others, device, chain, (w_class) class);
    formulas f = {function, home, home};
    w_chain_each_op(chain, home, put_formula, &f);
    w_chain_put(function, &language, chain);
    weir_status status = w_text_check(others);
    return status == WEIR_OK ? w_text_check(function) : status;
}
