// SPDX-License-Identifier: Apache-2.0
#include "tools/weir/crossovers.h"

#include <string.h>

#include "tools/weir/table.h"
#include "tools/weir/tool.h"

size_t crossovers_ops(weir_context *context, weir_op *out, size_t capacity)
{
    weir_op all[CROSSOVERS_OPS];
    weir_crossover first;
    size_t n = weir_op_list(all, CROSSOVERS_OPS), found = 0;
    n = n < CROSSOVERS_OPS ? n : CROSSOVERS_OPS;
    for (size_t i = 0; i < n && found < capacity; i++)
        if (weir_crossovers(context, all[i], WEIR_ON_HOST, -1, &first, 1) > 0)
            out[found++] = all[i];
    return found;
}

const char *crossovers_text(weir_context *context, weir_op op, weir_residency residency,
                            uint32_t device, char *out, size_t n)
{
    weir_crossover c[CROSSOVERS_MAX];
    size_t count = weir_crossovers(context, op, residency, (int32_t)device, c, CROSSOVERS_MAX),
           used = 0;
    count = count < CROSSOVERS_MAX ? count : CROSSOVERS_MAX;
    // Without a curve of its own the device loses everywhere, which is not a measurement.
    if (count == 0 || weir_predict(context, op, residency, 4096, device) < 0) {
        snprintf(out, n, "not measured");
        return out;
    }
    snprintf(out, n, "never");
    for (size_t i = 0; i < count && used < n; i++) {
        char from[32], to[32];
        if (c[i].device != device)
            continue;
        tool_count_text((double)c[i].from, from, sizeof from);
        const char *comma = used ? ", " : "";
        int w;
        if (i + 1 < count)
            w = snprintf(out + used, n - used, "%s%s to %s", comma, from,
                         tool_count_text((double)c[i + 1].from, to, sizeof to));
        else if (c[i].from <= 1)
            w = snprintf(out + used, n - used, "always");
        else
            w = snprintf(out + used, n - used, "%sfrom %s", comma, from);
        used += w > 0 ? (size_t)w : 0;
    }
    return out;
}

uint32_t crossovers_ran(weir_context *context, weir_op op, double size, const weir_stats *before)
{
    weir_stats now;
    weir_stats_get(context, &now);
    if (now.uploads == before->uploads || now.fallbacks != before->fallbacks)
        return 0;
    size_t devices = weir_device_count(context);
    uint32_t best = 1;
    double least = -1;
    for (uint32_t d = 1; d < devices; d++) {
        double ns = weir_predict(context, op, WEIR_ON_HOST, (uint64_t)size, d);
        if (ns >= 0 && (least < 0 || ns < least)) {
            least = ns;
            best = d;
        }
    }
    return best;
}

void crossovers_print(weir_context *context, uint32_t only, int indent)
{
    weir_op ops[CROSSOVERS_OPS];
    size_t n = crossovers_ops(context, ops, CROSSOVERS_OPS), devices = weir_device_count(context);
    size_t most = TABLE_COLUMNS - 2 + 1;
    devices = devices < most ? devices : most;
    if (devices < 2) {
        printf("%*sNo device but the CPU: there is nothing to cross over to.\n", indent, "");
        return;
    }
    table t = {.columns = 2 + (only ? 1 : devices - 1)};
    table_add(&t, "operation");
    table_add(&t, "data on");
    for (uint32_t d = 1; d < devices; d++) {
        weir_device_info info = {.id = "?"};
        weir_device_get(context, d, &info);
        if (!only || d == only)
            table_add(&t, "%s", info.id);
    }
    for (size_t i = 0; i < n; i++)
        for (int r = WEIR_ON_HOST; r <= WEIR_ON_DEVICE; r++) {
            weir_op_info info;
            char text[TABLE_CELL];
            if (weir_op_describe(ops[i], &info) != WEIR_OK)
                break;
            table_add(&t, "%s", r == WEIR_ON_HOST ? info.name : "");
            table_add(&t, "%s", r == WEIR_ON_HOST ? "host" : "device");
            for (uint32_t d = 1; d < devices; d++)
                if (!only || d == only)
                    table_add(
                        &t, "%s",
                        crossovers_text(context, ops[i], (weir_residency)r, d, text, sizeof text));
        }
    table_print(&t, stdout, indent, tool_colors());
    table_free(&t);
    printf("%*sSizes in elements; of a matrix product n, of n x n x n.\n", indent, "");
    size_t all = weir_op_list(NULL, 0);
    if (n < all)
        printf("%*sNot measured yet: %zu of %zu operations; weir tune goes on.\n", indent, "",
               all - n, all);
}
