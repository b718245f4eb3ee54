// SPDX-License-Identifier: Apache-2.0
#include "backends/chain_text.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// ---------------------------------------------------------------- texts

const char *w_source_find(const w_source *table, const char *name)
{
    for (; table->name; table++)
        if (strcmp(table->name, name) == 0)
            return table->text;
    return NULL;
}

void w_text_begin(w_text *text, const w_host *host)
{
    *text = (w_text){.host = host};
}

void w_text_free(w_text *text)
{
    w_release(text->host, text->bytes, text->room);
    text->bytes = NULL;
}

weir_status w_text_check(const w_text *text)
{
    return text->failed ? WEIR_OUT_OF_MEMORY : WEIR_OK;
}

// Room for n more bytes and a zero.
static bool make_room(w_text *t, size_t n)
{
    if (t->failed || t->used + n + 1 <= t->room)
        return !t->failed;
    size_t room = W_MAX(2 * t->room, t->used + n + 4096);
    char *bytes = w_alloc(t->host, room);
    if (!bytes) {
        t->failed = true;
        return false;
    }
    if (t->used)
        memcpy(bytes, t->bytes, t->used);
    w_release(t->host, t->bytes, t->room);
    t->bytes = bytes;
    t->room = room;
    return true;
}

static void put_bytes(w_text *t, const char *bytes, size_t n)
{
    if (!make_room(t, n))
        return;
    memcpy(t->bytes + t->used, bytes, n);
    t->used += n;
    t->bytes[t->used] = '\0';
}

void w_text_put(w_text *t, const char *format, ...)
{
    char line[512];
    va_list list;
    va_start(list, format);
    int n = vsnprintf(line, sizeof line, format, list);
    va_end(list);
    if (n < 0 || (size_t)n >= sizeof line)
        t->failed = true;
    else
        put_bytes(t, line, (size_t)n);
}

void w_text_put_whole(w_text *t, const char *source)
{
    put_bytes(t, source, strlen(source));
}

static bool in_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

void w_text_put_renamed(w_text *t, const char *source, w_class class)
{
    const char *name = w_class_names[class];
    char small[8], large[8];
    snprintf(small, sizeof small, "w%s_", name);
    snprintf(large, sizeof large, "W%c%s_", toupper((unsigned char)name[0]), name + 1);
    while (*source) {
        size_t n = 1;
        if (in_word(*source)) {
            while (in_word(source[n]))
                n++;
            bool lower = !strncmp(source, "w_", 2), upper = !strncmp(source, "W_", 2);
            if (lower || upper) {
                put_bytes(t, lower ? small : large, strlen(small));
                source += 2;
                n -= 2;
            }
        } else {
            while (source[n] && !in_word(source[n]))
                n++;
        }
        put_bytes(t, source, n);
        source += n;
    }
}

// ---------------------------------------------------------------- chains

w_class w_chain_home(const w_chain *chain)
{
    return chain->node[chain->n_nodes - 1].compute;
}

bool w_chain_has_class(const w_chain *chain, w_class class)
{
    for (uint32_t k = 0; k < chain->n_nodes; k++)
        if (chain->node[k].compute == class)
            return true;
    return false;
}

bool w_chain_has_f64(const w_chain *chain)
{
    bool has = w_chain_has_class(chain, W_CLASS_F64);
    for (uint32_t i = 0; i < chain->n_in; i++)
        has |= chain->in[i] == WEIR_F64;
    for (uint32_t k = 0; k < chain->n_nodes; k++)
        has |= chain->node[k].dtype == WEIR_F64;
    return has;
}

bool w_chain_by_library(const w_chain *chain)
{
    bool by = false;
    for (uint32_t k = 0; k < chain->n_nodes; k++)
        by |= chain->node[k].compute == W_CLASS_F64 && chain->node[k].op->in[0].dtypes & W_MATH_F64;
    return by;
}

void w_chain_each_op(const w_chain *chain, w_class class, void (*put)(void *arg, const w_op *op),
                     void *arg)
{
    for (uint32_t k = 0; k < chain->n_nodes; k++) {
        bool again = chain->node[k].compute != class;
        for (uint32_t j = 0; j < k; j++)
            again |= chain->node[j].op == chain->node[k].op && chain->node[j].compute == class;
        if (!again)
            put(arg, chain->node[k].op);
    }
}

// What is written so far: the values in each class, and where the next number is.
typedef struct writer {
    w_text *t;
    const w_chain_language *language;
    const w_chain *chain;
    w_class home;
    bool loaded[W_CHAIN_VALUES][W_COMPUTE_CLASSES];
    uint32_t numbers;
} writer;

static const char *word_of(const writer *w, w_class class)
{
    static const char *const words[W_COMPUTE_CLASSES] = {"wf32_", "wi32_", "wi64_", "wf64_"};
    return class == w->home ? "w_" : words[class];
}

// W_V of a class.
static const char *macro_v(const writer *w, w_class class)
{
    static const char *const words[W_COMPUTE_CLASSES] = {"WF32_V", "WI32_V", "WI64_V", "WF64_V"};
    return class == w->home ? "W_V" : words[class];
}

// Makes sure of vNUMBER_CLASS.
static void load(writer *w, int32_t value, w_class class)
{
    char from[16];
    if (w->loaded[value][class])
        return;
    snprintf(from, sizeof from, value < W_MAX_IN ? "x%d" : "s%d", (int)value);
    w_text_put(w->t, "    %sv v%d_%s = ", word_of(w, class), (int)value, w_class_names[class]);
    w->language->load(w->t, word_of(w, class), class, w_chain_dtype(w->chain, value), from);
    w_text_put(w->t, ";\n");
    w->loaded[value][class] = true;
}

static void put_operand(writer *w, const w_chain_node *node, uint32_t i)
{
    float bound;
    if (node->in[i] >= 0) {
        w_text_put(w->t, "v%d_%s", (int)node->in[i], w_class_names[node->compute]);
        return;
    }
    memcpy(&bound, &node->constant[i], sizeof bound);
    w->language->number(w->t, word_of(w, node->compute), node->compute, w->numbers++, bound, true);
}

static void put_arguments(writer *w, const w_chain_node *node)
{
    const char *word = word_of(w, node->compute);
    for (uint32_t i = 0; i < node->n_in; i++) {
        w_text_put(w->t, "%s", i ? ", " : "");
        put_operand(w, node, i);
    }
    for (uint32_t a = 0; a < node->n_attr; a++) {
        w_text_put(w->t, ", ");
        w->language->number(w->t, word, node->compute, w->numbers++, node->attr[a], false);
    }
}

// As the loops of the other operations do: two at a time, from the first on, and the end.
static void put_variadic(writer *w, const w_chain_node *node)
{
    const char *word = word_of(w, node->compute);
    w_text_put(w->t, "%send_%s(", word, node->op->name);
    for (uint32_t i = 1; i < node->n_in; i++)
        w_text_put(w->t, "%sop_%s(", word, node->op->name);
    put_operand(w, node, 0);
    for (uint32_t i = 1; i < node->n_in; i++) {
        w_text_put(w->t, ", ");
        put_operand(w, node, i);
        w_text_put(w->t, ")");
    }
    w_text_put(w->t, ", %s(%u))", macro_v(w, node->compute), node->n_in);
}

static void put_node(writer *w, uint32_t k, bool last)
{
    const w_chain_node *node = &w->chain->node[k];
    const char *word = word_of(w, node->compute), *class = w_class_names[node->compute];
    char value[32];
    for (uint32_t i = 0; i < node->n_in; i++)
        if (node->in[i] >= 0)
            load(w, node->in[i], node->compute);
    w_text_put(w->t, "    %sv y%u_%s = ", word, k, class);
    if (node->op->in[0].kind == W_VARIADIC) {
        put_variadic(w, node);
    } else {
        w_text_put(w->t, "%sop_%s(", word, node->op->name);
        put_arguments(w, node);
        w_text_put(w->t, ")");
    }
    w_text_put(w->t, ";\n");
    snprintf(value, sizeof value, "y%u_%s", k, class);
    if (last) {
        w_text_put(w->t, "    return %s;\n", value);
        return;
    }
    w_text_put(w->t, "    %s s%u = ", w->language->storage(node->dtype), W_MAX_IN + k);
    w->language->save(w->t, word, node->compute, node->dtype, value);
    w_text_put(w->t, ";\n");
}

void w_chain_put(w_text *t, const w_chain_language *language, const w_chain *chain)
{
    writer w = {.t = t, .language = language, .chain = chain, .home = w_chain_home(chain)};
    bool reduces = chain->n_maps < chain->n_nodes;
    w_text_put(t, "%sw_v w_chain_value(", language->function);
    for (uint32_t i = 0; i < chain->n_in; i++)
        w_text_put(t, "%s%s x%u", i ? ", " : "", language->storage(chain->in[i]), i);
    w_text_put(t, ")\n{\n");
    for (uint32_t k = 0; k < chain->n_maps; k++)
        put_node(&w, k, !reduces && k + 1 == chain->n_maps);
    if (reduces) {
        int32_t value = chain->node[chain->n_maps].in[0];
        load(&w, value, w.home);
        w_text_put(t, "    return v%d_%s;\n", (int)value, w_class_names[w.home]);
    }
    w_text_put(t, "}\n");
}

void w_chain_numbers(const w_chain *chain, float out[W_CHAIN_ATTRS])
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < chain->n_maps; k++) {
        const w_chain_node *node = &chain->node[k];
        for (uint32_t i = 0; i < node->n_in; i++)
            if (node->in[i] < 0)
                memcpy(&out[n++], &node->constant[i], sizeof *out);
        for (uint32_t a = 0; a < node->n_attr; a++)
            out[n++] = node->attr[a];
    }
}
