// SPDX-License-Identifier: Apache-2.0
// Chains in GLSL (backends/chain_text.h), compiled by libshaderc. An element is two words as it is
// stored. Numbers come from the parameter block, not as literals: some drivers fold those.
#include "backends/vulkan/vulkan.h"

#include <ctype.h>
#include <stdio.h>

static const char *storage(weir_dtype dtype)
{
    (void)dtype;
    return "uvec2";
}

static void load(w_text *t, const char *word, w_class class, weir_dtype dtype, const char *from)
{
    (void)class;
    w_text_put(t, "%sload(%s, %du)", word, from, (int)dtype);
}

static void save(w_text *t, const char *word, w_class class, weir_dtype dtype, const char *from)
{
    (void)class;
    w_text_put(t, "%ssave(%s, %du)", word, from, (int)dtype);
}

static void number(w_text *t, const char *word, w_class class, uint32_t index, float value,
                   bool constant)
{
    (void)class;
    (void)value;
    if (constant)
        w_text_put(t, "%sload(uvec2(w_p(W_P_WORDS + %u), 0u), %du)", word, index, (int)WEIR_F32);
    else
        w_text_put(t, "%sv(w_pf(W_P_WORDS + %u))", word, index);
}

static const w_chain_language language = {"", storage, load, save, number};

const char *w_vk_why_no_chain(const w_vk_device *d, const w_chain *chain)
{
    bool wide = w_chain_has_class(chain, W_CLASS_I64) || w_chain_has_class(chain, W_CLASS_F64);
    bool floats = w_chain_has_class(chain, W_CLASS_F32) || w_chain_has_class(chain, W_CLASS_F64);
    if (!d->instance->has_shaderc)
        return "libshaderc, which compiles expressions, is not there";
    if (w_chain_by_library(chain))
        return "an operation of it is computed in f64, on the CPU alone";
    if (wide && !d->int64)
        return "the device has no 64-bit integers";
    if (w_chain_has_class(chain, W_CLASS_F64) && !d->float64)
        return "the device has no f64";
    return floats && d->probe.why_no_float[0] ? d->probe.why_no_float : NULL;
}

// The formulas of one class: of the home class as they are.
typedef struct formulas {
    w_text *text;
    w_class class, home;
} formulas;

static void put_words(w_text *t, const char *source, w_class class, w_class home)
{
    if (class == home)
        w_text_put_whole(t, source);
    else
        w_text_put_renamed(t, source, class);
}

static void put_formula(void *arg, const w_op *op)
{
    const formulas *f = arg;
    const char *formula = w_source_find(w_formulas, op->name);
    if (formula)
        put_words(f->text, formula, f->class, f->home);
}

// What a class beside the home class finds under its own names.
static void put_names(w_text *t, const char *prefix)
{
    w_text_put(t, "#define %s_MODES_GLSL\n#define %s_FMA_MODE W_FMA_MODE\n", prefix, prefix);
    w_text_put(t, "#define %s_DIV_MODE W_DIV_MODE\n", prefix);
    for (int d = WEIR_BOOL; d <= WEIR_F64; d++) {
        char name[8] = "";
        const char *small = weir_dtype_name((weir_dtype)d);
        for (size_t i = 0; small[i] && i + 1 < sizeof name; i++)
            name[i] = (char)toupper((unsigned char)small[i]);
        w_text_put(t, "#define %s_%s %du\n", prefix, name, d);
    }
}

static void put_section(w_text *t, const w_vk_device *d, const w_chain *chain, w_class class)
{
    w_class home = w_chain_home(chain);
    const char *name = w_class_names[class];
    char prefix[8] = "W";
    if (class != home) {
        snprintf(prefix, sizeof prefix, "W%c%s", toupper((unsigned char)name[0]), name + 1);
        put_names(t, prefix);
    }
    w_text_put(t, "#define %s_IN_%c%s\n", prefix, toupper((unsigned char)name[0]), name + 1);
    if (class == W_CLASS_F32 && !d->probe.fma_mode)
        w_text_put(t, "#define %s_NO_F64\n", prefix);
    put_words(t, w_source_find(w_vk_texts, "class"), class, home);
    formulas f = {t, class, home};
    w_chain_each_op(chain, class, put_formula, &f);
}

static void put_shader(w_text *t, const w_vk_device *d, const w_chain *chain)
{
    w_class home = w_chain_home(chain);
    w_text_put(t, "#version 450\n");
    if (w_chain_has_class(chain, W_CLASS_I64) || w_chain_has_class(chain, W_CLASS_F64))
        w_text_put(t, "#extension GL_ARB_gpu_shader_int64 : require\n");
    w_text_put(t, "#define W_WORDS %d\n", W_P_WORDS + W_CHAIN_ATTRS);
    w_text_put_whole(t, w_source_find(w_vk_texts, "common"));
    w_text_put_whole(t, w_source_find(w_vk_texts, "modes"));
    for (int class = 0; class < W_COMPUTE_CLASSES; class ++)
        if ((w_class) class != home && w_chain_has_class(chain, (w_class) class))
            put_section(t, d, chain, (w_class) class);
    put_section(t, d, chain, home);
    w_chain_put(t, &language, chain);
    w_text_put(t, "#define W_CHAIN w_chain_value(");
    for (uint32_t i = 0; i < chain->n_in; i++)
        w_text_put(t, "%sx[%u]", i ? ", " : "", i);
    w_text_put(t, ")\n");
    w_text_put_whole(t, w_source_find(w_vk_texts, "operands"));
    w_text_put_whole(t, w_source_find(w_vk_texts, "map_element"));
    w_text_put_whole(t, w_source_find(w_vk_texts, "map_words"));
}

weir_status w_vk_chain_pipeline(w_vk_device *d, const w_chain *chain, const w_vk_special *special,
                                VkPipeline *out_pipeline)
{
    w_text t;
    uint32_t *words = NULL;
    size_t count = 0;
    w_text_begin(&t, d->base.host);
    put_shader(&t, d, chain);
    weir_status status = w_text_check(&t);
    if (status == WEIR_OK)
        status =
            w_shaderc_compile(&d->instance->shaderc, d->base.host, t.bytes, t.used, &words, &count);
    w_text_free(&t);
    if (status == WEIR_OK)
        status = w_vk_pipeline_of(d, words, count, special, out_pipeline);
    w_release(d->base.host, words, count * sizeof *words);
    return status;
}
