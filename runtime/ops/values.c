// SPDX-License-Identifier: Apache-2.0
// Attributes: from an options struct, and into one from text.
#include "runtime/ops/op.h"

#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

typedef struct header {
    uint32_t struct_size, given;
} header;

static weir_status check_size(const w_op *op, const header *h, const char *bytes)
{
    size_t known = w_op_attr_offset(op, op->n_attr);
    if (h->struct_size < sizeof *h || h->struct_size > 4096)
        return w_fail(WEIR_INVALID_ARGUMENT,
                      "%s: options.struct_size is %" PRIu32 "; set it to the struct's size, %zu",
                      op->name, h->struct_size, known);
    size_t unknown = w_unknown_byte(bytes, known, h->struct_size);
    if (unknown)
        return w_fail(WEIR_UNSUPPORTED,
                      "%s: options has a field at byte %zu that this version lacks", op->name,
                      unknown);
    if (op->n_attr < 32 && h->given >> op->n_attr)
        return w_fail(WEIR_INVALID_ARGUMENT,
                      "%s: options.given is 0x%" PRIx32 "; there are only %" PRIu32 " attributes",
                      op->name, h->given, op->n_attr);
    return WEIR_OK;
}

static weir_status read_ints(const w_op *op, uint32_t a, const int32_t *field, w_value *out)
{
    if (field[0] < 0 || field[0] > WEIR_MAX_RANK)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s: n_%s is %" PRId32 ", not in 0..%d", op->name,
                      op->attr[a].name, field[0], WEIR_MAX_RANK);
    out->n = field[0];
    memcpy(out->ints, field + 1, sizeof out->ints);
    return WEIR_OK;
}

static int32_t choice_count(const w_op_attr *attr)
{
    int32_t n = 1;
    for (const char *c = attr->choices; *c; c++)
        n += *c == '|';
    return n;
}

weir_status w_op_check_attr(const w_op *op, const w_op_attr *attr, float f)
{
    if (!attr->positive || f > 0)
        return WEIR_OK;
    return w_fail(WEIR_INVALID_ARGUMENT, "%s: %s is %g, not above 0", op->name, attr->name,
                  (double)f);
}

weir_status w_op_values(const w_op *op, const void *options, w_value *out)
{
    header h = {0, 0};
    if (options) {
        memcpy(&h, options, sizeof h);
        weir_status status = check_size(op, &h, options);
        if (status != WEIR_OK)
            return status;
    }
    for (uint32_t a = 0; a < op->n_attr; a++) {
        const w_op_attr *attr = &op->attr[a];
        size_t offset = w_op_attr_offset(op, a), end = w_op_attr_offset(op, a + 1);
        int32_t field[1 + WEIR_MAX_RANK] = {0};
        if (end <= h.struct_size)
            memcpy(field, (const char *)options + offset, end - offset);
        bool given = h.given >> a & 1;
        out[a] = (w_value){.f = attr->f, .i = attr->i};
        if (attr->kind == W_INTS) {
            weir_status status = read_ints(op, a, field, &out[a]);
            if (status != WEIR_OK)
                return status;
        } else if (attr->kind == W_FLOAT) {
            float f;
            memcpy(&f, field, sizeof f);
            out[a].given = given || f != 0.0f;
            if (out[a].given)
                out[a].f = f;
            weir_status status = w_op_check_attr(op, attr, out[a].f);
            if (status != WEIR_OK)
                return status;
        } else if (given || field[0] != 0) {
            out[a].given = true;
            out[a].i = field[0];
            if (attr->kind == W_FLAG && (field[0] & ~1))
                return w_fail(WEIR_INVALID_ARGUMENT, "%s: %s is %" PRId32 ", not 0 or 1", op->name,
                              attr->name, field[0]);
            if (attr->choices && (field[0] < 0 || field[0] >= choice_count(attr)))
                return w_fail(WEIR_INVALID_ARGUMENT,
                              "%s: %s is %" PRId32 ", not in 0..%" PRId32 " (%s)", op->name,
                              attr->name, field[0], choice_count(attr) - 1, attr->choices);
        }
        if (attr->kind == W_FLAG)
            out[a].f = (float)out[a].i;
        if (attr->kind == W_DTYPE && (out[a].i < WEIR_BOOL || out[a].i > WEIR_F64))
            return w_fail(WEIR_INVALID_DTYPE,
                          "%s: %s must be set to a dtype's number, %d to %d, not %" PRId32,
                          op->name, attr->name, WEIR_BOOL, WEIR_F64, out[a].i);
    }
    return WEIR_OK;
}

size_t weir_op_options_size(weir_op number)
{
    const w_op *op = w_op_get(number);
    return op ? w_op_attr_offset(op, op->n_attr) : 0;
}

// In the C locale, whatever the host's is: a host may write decimals with a comma.
static float parse_float(const char *text, char **end)
{
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c) {
        *end = (char *)text;
        return 0;
    }
    float f = strtof_l(text, end, c);
    freelocale(c);
    return f;
}

static bool parse_int(const char **text, int32_t *out)
{
    char *end;
    errno = 0;
    long v = strtol(*text, &end, 10);
    if (end == *text || errno || v < INT32_MIN || v > INT32_MAX)
        return false;
    *text = end;
    *out = (int32_t)v;
    return true;
}

static weir_status set_ints(const w_op *op, const char *name, const char *value, int32_t *field)
{
    const char *at = value;
    int32_t n = 0;
    while (*at) {
        if (n == WEIR_MAX_RANK)
            return w_fail(WEIR_INVALID_ARGUMENT, "%s: %s has more than %d values", op->name, name,
                          WEIR_MAX_RANK);
        if (!parse_int(&at, &field[1 + n]) || (*at && *at != ','))
            return w_fail(WEIR_INVALID_ARGUMENT,
                          "%s: %s takes integers with commas, such as 0,2,1; not \"%s\"", op->name,
                          name, value);
        n++;
        if (*at == ',')
            at++;
    }
    field[0] = n;
    return WEIR_OK;
}

static weir_status set_dtype(const w_op *op, const char *name, const char *value, int32_t *field)
{
    for (int d = WEIR_BOOL; d <= WEIR_F64; d++)
        if (!strcmp(weir_dtype_name((weir_dtype)d), value)) {
            *field = d;
            return WEIR_OK;
        }
    return w_fail(WEIR_INVALID_DTYPE, "%s: %s takes a dtype, such as f16 or s32; not \"%s\"",
                  op->name, name, value);
}

static weir_status set_operation(const w_op *op, const char *name, const char *value,
                                 int32_t *field)
{
    weir_op number = weir_op_find(value);
    if (!number && strcmp(value, "none"))
        return w_fail(WEIR_INVALID_ARGUMENT,
                      "%s: %s takes an operation, such as relu, or none; not \"%s\"", op->name,
                      name, value);
    *field = (int32_t)number;
    return WEIR_OK;
}

// By name, or by number.
static weir_status set_choice(const w_op *op, const w_op_attr *attr, const char *value,
                              int32_t *field)
{
    const char *at = attr->choices, *number = value;
    size_t length = strlen(value);
    for (int32_t i = 0; *at; i++) {
        size_t own = strcspn(at, "|");
        if (own == length && !strncmp(at, value, own)) {
            *field = i;
            return WEIR_OK;
        }
        at += own + (at[own] == '|');
    }
    if (length && parse_int(&number, field) && !*number)
        return WEIR_OK;
    return w_fail(WEIR_INVALID_ARGUMENT, "%s: %s is one of %s, not \"%s\"", op->name, attr->name,
                  attr->choices, value);
}

weir_status weir_op_set(weir_op number, void *options, const char *name, const char *value)
{
    const w_op *op = w_op_get(number);
    if (!op)
        return w_fail(WEIR_INVALID_ARGUMENT, "there is no operation number %" PRIu32, number);
    if (!options || !name || !value)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s: options, name or value is NULL", op->name);
    for (uint32_t a = 0; a < op->n_attr; a++) {
        if (strcmp(op->attr[a].name, name))
            continue;
        header *h = options;
        h->struct_size = (uint32_t)weir_op_options_size(number);
        h->given |= UINT32_C(1) << a;
        int32_t *field = (int32_t *)((char *)options + w_op_attr_offset(op, a));
        if (op->attr[a].kind == W_INTS)
            return set_ints(op, name, value, field);
        if (op->attr[a].kind == W_DTYPE)
            return set_dtype(op, name, value, field);
        if (op->attr[a].kind == W_OPERATION)
            return set_operation(op, name, value, field);
        if (op->attr[a].choices)
            return set_choice(op, &op->attr[a], value, field);
        char *end = (char *)value;
        bool whole = op->attr[a].kind != W_FLOAT;
        if (whole) {
            const char *at = value;
            if (parse_int(&at, field))
                end = (char *)at;
        } else {
            float f = parse_float(value, &end);
            memcpy(field, &f, sizeof f);
        }
        if (end == value || *end)
            return w_fail(WEIR_INVALID_ARGUMENT, "%s: %s takes %s, not \"%s\"", op->name, name,
                          whole ? "an integer" : "a number", value);
        return WEIR_OK;
    }
    return w_fail(WEIR_INVALID_ARGUMENT, "%s has no attribute \"%s\"", op->name, name);
}
