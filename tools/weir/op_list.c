// SPDX-License-Identifier: Apache-2.0
//
// weir op --list: the operations, for people and for programs.
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "tools/weir/op.h"
#include "tools/weir/table.h"
#include "tools/weir/tool.h"

enum { MAX_OPS = 1024 };

weir_op op_find(const char *name)
{
    static weir_op ops[MAX_OPS];
    static const char *names[2 * MAX_OPS];
    weir_op op = weir_op_find(name);
    if (op)
        return op;
    size_t n = weir_op_list(ops, MAX_OPS), n_names = 0;
    for (size_t i = 0; i < n && i < MAX_OPS; i++) {
        weir_op_info info;
        if (weir_op_describe(ops[i], &info) != WEIR_OK)
            continue;
        names[n_names++] = info.name;
        if (*info.onnx)
            names[n_names++] = info.onnx;
    }
    const char *close = tool_closest(name, names, n_names);
    if (close)
        tool_fail("unknown operation \"%s\"; did you mean %s?", name, close);
    else
        tool_fail("unknown operation \"%s\"; weir op --list names all", name);
    return 0;
}

// "a, b, [c]": the names of the inputs, optional ones in brackets.
static const char *inputs_text(weir_op op, const weir_op_info *info, char *out, size_t n)
{
    size_t used = 0;
    *out = '\0';
    for (uint32_t i = 0; i < info->inputs && used < n; i++) {
        const char *name, *dtypes;
        bool optional;
        if (weir_op_input(op, i, &name, &dtypes, &optional) != WEIR_OK)
            break;
        int w = snprintf(out + used, n - used, "%s%s%s%s", i ? ", " : "", optional ? "[" : "", name,
                         optional ? "]" : "");
        used += w > 0 ? (size_t)w : 0;
    }
    return out;
}

// "alpha=1, axes=": the attributes with their defaults.
static const char *attributes_text(weir_op op, const weir_op_info *info, char *out, size_t n)
{
    size_t used = 0;
    *out = '\0';
    for (uint32_t i = 0; i < info->attributes && used < n; i++) {
        const char *name, *kind, *value;
        if (weir_op_attribute(op, i, &name, &kind, &value) != WEIR_OK)
            break;
        int w = snprintf(out + used, n - used, "%s%s=%s", i ? ", " : "", name, value);
        used += w > 0 ? (size_t)w : 0;
    }
    return out;
}

static void list_table(const weir_op *ops, size_t n)
{
    table t = {.columns = 5};
    static const char *const heads[] = {"name", "ONNX", "family", "inputs", "attributes"};
    for (int i = 0; i < 5; i++)
        table_add(&t, "%s", heads[i]);
    for (size_t i = 0; i < n; i++) {
        weir_op_info info;
        char text[TABLE_CELL];
        if (weir_op_describe(ops[i], &info) != WEIR_OK)
            continue;
        table_add(&t, "%s", info.name);
        table_add(&t, "%s", info.onnx);
        table_add(&t, "%s", info.family);
        table_add(&t, "%s", inputs_text(ops[i], &info, text, sizeof text));
        table_add(&t, "%s", attributes_text(ops[i], &info, text, sizeof text));
    }
    table_print(&t, stdout, 0, tool_colors());
    table_free(&t);
    puts("\nInputs in [brackets] may be left out (--in none). weir op NAME --help says more.");
}

static cJSON *dtypes_json(const char *dtypes)
{
    cJSON *list = cJSON_CreateArray();
    while (*dtypes) {
        char one[32];
        size_t n = strcspn(dtypes, "|");
        snprintf(one, sizeof one, "%.*s", (int)n, dtypes);
        cJSON_AddItemToArray(list, cJSON_CreateString(one));
        dtypes += n + (dtypes[n] == '|');
    }
    return list;
}

// A default as the number, or the list of numbers, that it is.
static cJSON *default_json(const char *kind, const char *text)
{
    char *end;
    double v = strtod(text, &end);
    if (strcmp(kind, "ints"))
        return end != text && !*end ? cJSON_CreateNumber(v) : cJSON_CreateString(text);
    cJSON *list = cJSON_CreateArray();
    for (; end != text; v = strtod(text, &end)) {
        cJSON_AddItemToArray(list, cJSON_CreateNumber(v));
        text = *end == ',' ? end + 1 : end;
    }
    return list;
}

static cJSON *op_json(weir_op op, const weir_op_info *info)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "number", op);
    cJSON_AddStringToObject(o, "name", info->name);
    cJSON_AddStringToObject(o, "onnx", info->onnx);
    cJSON_AddStringToObject(o, "family", info->family);
    cJSON *inputs = cJSON_AddArrayToObject(o, "inputs");
    cJSON *outputs = cJSON_AddArrayToObject(o, "outputs");
    cJSON *attributes = cJSON_AddArrayToObject(o, "attributes");
    const char *name, *text, *kind;
    bool optional;
    for (uint32_t i = 0; i < info->inputs; i++) {
        cJSON *item = cJSON_CreateObject();
        cJSON_AddItemToArray(inputs, item);
        if (weir_op_input(op, i, &name, &text, &optional) != WEIR_OK)
            continue;
        cJSON_AddStringToObject(item, "name", name);
        cJSON_AddItemToObject(item, "dtypes", dtypes_json(text));
        cJSON_AddBoolToObject(item, "optional", optional);
    }
    for (uint32_t i = 0; i < info->outputs; i++) {
        cJSON *item = cJSON_CreateObject();
        cJSON_AddItemToArray(outputs, item);
        if (weir_op_output(op, i, &name, &text) != WEIR_OK)
            continue;
        cJSON_AddStringToObject(item, "name", name);
        cJSON_AddItemToObject(item, "dtypes", dtypes_json(text));
    }
    for (uint32_t i = 0; i < info->attributes; i++) {
        cJSON *item = cJSON_CreateObject();
        cJSON_AddItemToArray(attributes, item);
        if (weir_op_attribute(op, i, &name, &kind, &text) != WEIR_OK)
            continue;
        cJSON_AddStringToObject(item, "name", name);
        cJSON_AddStringToObject(item, "kind", kind);
        cJSON_AddItemToObject(item, "default", default_json(kind, text));
    }
    cJSON_AddStringToObject(o, "doc", info->doc);
    cJSON_AddStringToObject(o, "source", info->source);
    return o;
}

int op_list(bool json)
{
    static weir_op ops[MAX_OPS];
    size_t n = weir_op_list(ops, MAX_OPS);
    n = n < MAX_OPS ? n : MAX_OPS;
    if (!json) {
        list_table(ops, n);
        return TOOL_OK;
    }
    cJSON *root = cJSON_CreateObject();
    cJSON *list = cJSON_AddArrayToObject(root, "ops");
    for (size_t i = 0; i < n; i++) {
        weir_op_info info;
        if (weir_op_describe(ops[i], &info) == WEIR_OK)
            cJSON_AddItemToArray(list, op_json(ops[i], &info));
    }
    char *text = cJSON_Print(root);
    cJSON_Delete(root);
    if (!text)
        return tool_broken("no memory for the list");
    puts(text);
    free(text);
    return TOOL_OK;
}

void op_explain(weir_op op)
{
    weir_op_info info;
    const char *name, *text, *kind;
    bool optional;
    if (weir_op_describe(op, &info) != WEIR_OK)
        return;
    printf("%s", info.name);
    if (*info.onnx)
        printf(" (ONNX: %s)", info.onnx);
    printf(", %s: %s\nsource: %s\n\n", info.family, info.doc, info.source);
    table t = {.columns = 4};
    for (uint32_t i = 0; i < info.inputs; i++) {
        if (weir_op_input(op, i, &name, &text, &optional) != WEIR_OK)
            continue;
        table_add(&t, "in");
        table_add(&t, "%s", name);
        table_add(&t, "%s", text);
        table_add(&t, "%s", optional ? "may be none" : "");
    }
    for (uint32_t i = 0; i < info.outputs; i++) {
        if (weir_op_output(op, i, &name, &text) != WEIR_OK)
            continue;
        table_add(&t, "out");
        table_add(&t, "%s", name);
        table_add(&t, "%s", text);
        table_add(&t, "%s", "");
    }
    for (uint32_t i = 0; i < info.attributes; i++) {
        if (weir_op_attribute(op, i, &name, &kind, &text) != WEIR_OK)
            continue;
        table_add(&t, "attr");
        table_add(&t, "%s", name);
        table_add(&t, "%s", kind);
        table_add(&t, *text ? "default %s" : "default: none%s", text);
    }
    table_print(&t, stdout, 2, false);
    table_free(&t);
    puts("\nweir op --help lists the flags.");
}
