// SPDX-License-Identifier: Apache-2.0
//
// weir devices: what there is to run on, and why there is no more.
#include "tools/weir/devices.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "tools/weir/table.h"
#include "tools/weir/tool.h"

void devices_verify(weir_context *context)
{
    for (size_t i = 0; i < weir_device_count(context); i++) {
        weir_device_info info;
        if (weir_device_get(context, i, &info) != WEIR_OK)
            continue;
        char line[96];
        snprintf(line, sizeof line, "verifying %s ...", info.id);
        tool_status(line);
        // What is wrong with a device stands in its verdict; the others are listed all the same.
        weir_status s = weir_device_verify(context, info.id);
        if (s != WEIR_OK)
            tool_fail_weir(context, s, info.id);
    }
    tool_status(NULL);
}

// Drivers like to name every part of themselves; --json has it whole.
static const char *shorten(char *text)
{
    enum { MOST = 40 };
    if (strlen(text) > MOST) {
        size_t end = MOST - 3;
        while (end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
            end--; // not amid a character
        strcpy(text + end, "...");
    }
    return text;
}

void devices_print(weir_context *context, int indent)
{
    table t = {.columns = 6};
    static const char *const heads[] = {"id", "backend", "name", "driver", "memory", "verdict"};
    for (int i = 0; i < 6; i++)
        table_add(&t, "%s", heads[i]);
    for (size_t i = 0; i < weir_device_count(context); i++) {
        weir_device_info info;
        char memory[32];
        if (weir_device_get(context, i, &info) != WEIR_OK)
            continue;
        table_add(&t, "%s", info.id);
        table_add(&t, "%s%s", info.backend, info.software ? " (software)" : "");
        table_add(&t, "%s", shorten(info.name));
        table_add(&t, "%s", shorten(info.driver));
        table_add(&t, "%s", tool_bytes_text((double)info.memory, memory, sizeof memory));
        table_add(&t, "%s", info.verdict[0] ? info.verdict : "not verified");
    }
    table_print(&t, stdout, indent, tool_colors());
    table_free(&t);
    const char *backend, *why;
    for (size_t i = 0; weir_backend_absent(context, i, &backend, &why); i++)
        printf("%*sno %s device: %s\n", indent, "", backend, why);
}

static cJSON *device_json(const weir_device_info *info)
{
    cJSON *d = cJSON_CreateObject();
    cJSON_AddStringToObject(d, "id", info->id);
    cJSON_AddStringToObject(d, "backend", info->backend);
    cJSON_AddStringToObject(d, "name", info->name);
    cJSON_AddStringToObject(d, "driver", info->driver);
    cJSON_AddStringToObject(d, "verdict", info->verdict);
    cJSON_AddNumberToObject(d, "memory", (double)info->memory);
    cJSON_AddBoolToObject(d, "software", info->software);
    return d;
}

static int print_json(weir_context *context)
{
    cJSON *root = cJSON_CreateObject();
    cJSON *devices = cJSON_AddArrayToObject(root, "devices");
    cJSON *absent = cJSON_AddArrayToObject(root, "absent");
    for (size_t i = 0; i < weir_device_count(context); i++) {
        weir_device_info info;
        if (weir_device_get(context, i, &info) == WEIR_OK)
            cJSON_AddItemToArray(devices, device_json(&info));
    }
    const char *backend, *why;
    for (size_t i = 0; weir_backend_absent(context, i, &backend, &why); i++) {
        cJSON *a = cJSON_CreateObject();
        cJSON_AddStringToObject(a, "backend", backend);
        cJSON_AddStringToObject(a, "why", why);
        cJSON_AddItemToArray(absent, a);
    }
    char *text = cJSON_Print(root);
    cJSON_Delete(root);
    if (!text)
        return tool_broken("no memory for the list");
    puts(text);
    free(text);
    return TOOL_OK;
}

int tool_devices(int argc, char **argv)
{
    bool json = false, no_verify = false;
    tool_machine machine = {0};
    const tool_flag flags[] = {
        {"json", TOOL_ON, &json, NULL, "print JSON", 0, 0},
        {"no-verify", TOOL_ON, &no_verify, NULL,
         "list at once, without the self-test behind the verdicts", 0, 0},
        TOOL_FLAG_ISA(&machine),
        TOOL_FLAG_THREADS(&machine),
    };
    const tool_usage usage = {
        .line = "weir devices [--json] [--no-verify]",
        .about =
            "Lists the devices that operations can run on, with the verdict of a self-test:\n"
            "identical (the same bits as the CPU), bounded (runs only when forced) or rejected\n"
            "(never runs); and why a backend has no device. Exits 0 with the CPU alone.",
        .flags = flags,
        .n_flags = sizeof flags / sizeof flags[0],
        .examples = "  weir devices\n  weir devices --json --no-verify\n",
    };
    int r = tool_args(argc, argv, &usage, NULL);
    if (r >= 0)
        return r;
    weir_context *context;
    r = tool_context(&machine, 0, &context);
    if (r != TOOL_OK)
        return r;
    r = tool_bring_up(context);
    if (r == TOOL_OK) {
        if (!no_verify)
            devices_verify(context);
        if (json)
            r = print_json(context);
        else
            devices_print(context, 0);
    }
    weir_context_destroy(context);
    return r;
}
