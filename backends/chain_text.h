// SPDX-License-Identifier: Apache-2.0
//
// Chains as source, for the backends that compile at run time. A program computes a chain's last
// operation in its home class, whose words have their own names; the sections of other classes are
// the same texts with every w_ and W_ made wi32_ and WI32_, and so on. Between two operations a
// value is converted to its storage and back, by the conversions of the classes.
#ifndef W_CHAIN_TEXT_H
#define W_CHAIN_TEXT_H

#include "runtime/ops/chain.h"

// Sources embedded in the library; a table ends with a NULL name.
typedef struct w_source {
    const char *name, *text;
} w_source;
extern const w_source w_formulas[]; // an operation's formula, from kernels/formula
const char *w_source_find(const w_source *table, const char *name); // NULL: there is none

// A text that grows.
typedef struct w_text {
    const w_host *host;
    char *bytes;
    size_t used, room;
    bool failed; // for want of memory; w_text_end() says so
} w_text;

void w_text_begin(w_text *text, const w_host *host);
void w_text_put(w_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void w_text_put_whole(w_text *text, const char *source);
// The same, its words as those of a class beside the home class.
void w_text_put_renamed(w_text *text, const char *source, w_class class);
weir_status w_text_check(const w_text *text);
void w_text_free(w_text *text);

// How a language writes things. `word` is the prefix of a class's words, "w_" or "wi32_".
typedef struct w_chain_language {
    const char *function; // "static "
    const char *(*storage)(weir_dtype dtype);
    void (*load)(w_text *t, const char *word, w_class class, weir_dtype dtype, const char *from);
    void (*save)(w_text *t, const char *word, w_class class, weir_dtype dtype, const char *from);
    // Number `index` of the chain's attributes and constants, an f32, as a value of the class.
    void (*number)(w_text *t, const char *word, w_class class, uint32_t index, float value,
                   bool constant);
} w_chain_language;

w_class w_chain_home(const w_chain *chain);
bool w_chain_has_class(const w_chain *chain, w_class class);
// Whether anything in it is an f64.
bool w_chain_has_f64(const w_chain *chain);
// Whether an operation of it exists on the CPU alone.
bool w_chain_by_library(const w_chain *chain);
// The operations of a class, each once: calls put(arg, op), a reduction's too.
void w_chain_each_op(const w_chain *chain, w_class class, void (*put)(void *arg, const w_op *op),
                     void *arg);

// w_v w_chain_value(x0, x1, ...): the inputs as they are stored, the result in the home class; of a
// reduction, what it reduces.
void w_chain_put(w_text *text, const w_chain_language *language, const w_chain *chain);

// The numbers that the text asks its language for, in that order.
void w_chain_numbers(const w_chain *chain, float out[W_CHAIN_ATTRS]);

#endif
