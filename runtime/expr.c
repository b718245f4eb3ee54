// SPDX-License-Identifier: Apache-2.0
// Expressions: the public calls on chains (ops/chain.h).
#include "runtime/ops/chain.h"
#include "runtime/stream.h"

#include <string.h>

struct weir_expr {
    weir_context *context;
    w_chain *chain;
};

static weir_status enter(const weir_expr *expr, bool complete, w_fenv *out_fenv)
{
    *out_fenv = 0;
    if (!expr)
        return w_fail(WEIR_INVALID_ARGUMENT, "the expression is NULL");
    weir_status status = w_enter(expr->context, out_fenv);
    if (status != WEIR_OK || expr->chain->sealed == complete)
        return status;
    return w_leave(*out_fenv,
                   w_fail(WEIR_INVALID_ARGUMENT,
                          complete ? "the expression has no result yet (weir_expr_output)"
                                   : "the expression has its result and takes no more"));
}

weir_status weir_expr_create(weir_context *context, weir_expr **out_expr)
{
    w_fenv fenv;
    weir_status status = w_enter(context, &fenv);
    if (status != WEIR_OK)
        return status;
    if (!out_expr)
        return w_leave(fenv, w_fail(WEIR_INVALID_ARGUMENT, "out_expr is NULL"));
    weir_expr *expr = w_alloc_zeroed(&context->host, sizeof *expr);
    if (!expr)
        return w_leave(fenv, WEIR_OUT_OF_MEMORY);
    status = w_chain_create(&context->host, &expr->chain);
    if (status != WEIR_OK) {
        w_release(&context->host, expr, sizeof *expr);
        return w_leave(fenv, status);
    }
    expr->context = context;
    w_context_retain(context);
    *out_expr = expr;
    return w_leave(fenv, WEIR_OK);
}

void weir_expr_release(weir_expr *expr)
{
    if (!expr)
        return;
    weir_context *context = expr->context;
    w_chain_release(expr->chain);
    w_release(&context->host, expr, sizeof *expr);
    w_context_release(context);
}

// Nodes are the chain's values from 1, so that 0 is none.
weir_status weir_expr_input(weir_expr *expr, weir_dtype dtype, weir_node *out_node)
{
    w_fenv fenv;
    int32_t value;
    weir_status status = enter(expr, false, &fenv);
    if (status != WEIR_OK)
        return status;
    if (!out_node)
        return w_leave(fenv, w_fail(WEIR_INVALID_ARGUMENT, "out_node is NULL"));
    status = w_chain_input(expr->chain, dtype, &value);
    if (status == WEIR_OK)
        *out_node = (weir_node)value + 1;
    return w_leave(fenv, status);
}

static int32_t value_of(weir_node node)
{
    return node > INT32_MAX ? INT32_MAX - 1 : (int32_t)node - 1;
}

static weir_status add(w_chain *chain, weir_op number, const void *options, const weir_node *in,
                       size_t n_in, weir_node *out_node)
{
    const w_op *op = w_op_get(number);
    int32_t values[W_MAX_IN], value;
    if (!op)
        return w_fail(WEIR_INVALID_ARGUMENT, "there is no operation number %u", number);
    if (!out_node || (n_in && !in))
        return w_fail(WEIR_INVALID_ARGUMENT, "%s: %s is NULL", op->name,
                      out_node ? "in" : "out_node");
    if (n_in > W_MAX_IN)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s: %zu inputs; at most %d", op->name, n_in,
                      W_MAX_IN);
    for (size_t i = 0; i < n_in; i++)
        values[i] = value_of(in[i]);
    weir_status status = w_chain_add(chain, op, options, values, n_in, &value);
    if (status == WEIR_OK)
        *out_node = (weir_node)value + 1;
    return status;
}

weir_status weir_expr_op(weir_expr *expr, weir_op op, const void *options, const weir_node *in,
                         size_t n_in, weir_node *out_node)
{
    w_fenv fenv;
    weir_status status = enter(expr, false, &fenv);
    return status != WEIR_OK ? status
                             : w_leave(fenv, add(expr->chain, op, options, in, n_in, out_node));
}

weir_status weir_expr_output(weir_expr *expr, weir_node node)
{
    w_fenv fenv;
    weir_status status = enter(expr, false, &fenv);
    if (status != WEIR_OK)
        return status;
    return w_leave(fenv, w_chain_seal(expr->chain, value_of(node)));
}

weir_status weir_expr_infer(const weir_expr *expr, const weir_array *in, size_t n_in,
                            weir_array *out)
{
    w_fenv fenv;
    w_desc desc;
    weir_status status = enter(expr, true, &fenv);
    if (status != WEIR_OK)
        return status;
    const w_chain *chain = expr->chain;
    return w_leave(fenv,
                   w_describe(&chain->op, w_chain_options(chain), in, n_in, out, 1, true, &desc));
}

weir_status weir_expr_run(const weir_expr *expr, const weir_array *in, size_t n_in,
                          const weir_array *out, const weir_call_options *call)
{
    w_fenv fenv;
    weir_status status = enter(expr, true, &fenv);
    if (status != WEIR_OK)
        return status;
    const w_chain *chain = expr->chain;
    return w_leave(
        fenv, w_run(expr->context, &chain->op, w_chain_options(chain), in, n_in, out, 1, call));
}

weir_status weir_expr_submit(weir_stream *stream, const weir_expr *expr, weir_tensor *const *in,
                             size_t n_in, weir_tensor *out, const weir_call_options *call)
{
    w_fenv fenv;
    if (!stream)
        return w_fail(WEIR_INVALID_ARGUMENT, "the stream is NULL");
    weir_status status = enter(expr, true, &fenv);
    if (status != WEIR_OK)
        return status;
    const w_chain *chain = expr->chain;
    if (stream->context != expr->context)
        return w_leave(fenv, w_fail(WEIR_INVALID_ARGUMENT,
                                    "the expression belongs to another context than the stream"));
    return w_leave(fenv,
                   w_submit(stream, &chain->op, w_chain_options(chain), in, n_in, &out, 1, call));
}
