// SPDX-License-Identifier: Apache-2.0
//
// The results that are committed, a file an operation. Each fact stands on a line of its own, so
// that what reads them, here and in the tests and in accuracy.awk, reads lines.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench/ulp.h"

// A line's facts.
static void take_line(const char *line, ulp_result *r)
{
    char hash[17], name[64], device[128] = "";
    if (sscanf(line, " \"inputs\": %" SCNu64, &r->inputs) == 1 ||
        sscanf(line, " \"bound\": %lf", &r->bound) == 1 ||
        sscanf(line, " \"not_rounded\": %" SCNu64, &r->wrong) == 1 ||
        sscanf(line, " \"at\": \"%95[^\"]\"", r->at) == 1 ||
        sscanf(line, " \"result\": \"%31[^\"]\"", r->result) == 1)
        return;
    if (sscanf(line, " \"max_ulp\": %lf", &r->worst) == 1)
        r->judged = true;
    else if (sscanf(line, " \"hash\": \"%16[0-9a-f]\"", hash) == 1)
        r->hash = strtoull(hash, NULL, 16);
    else if (sscanf(line, " \"hash_997\": \"%16[0-9a-f]\"", hash) == 1)
        r->hash_part = strtoull(hash, NULL, 16);
    else if (sscanf(line, " \"%63[^\"]\": {\"hash\": \"%16[0-9a-f]\", \"device\": \"%127[^\"]\"",
                    name, hash, device) >= 2)
        ulp_result_target(r, name, device, strtoull(hash, NULL, 16));
}

bool ulp_result_read(const char *folder, const char *name, ulp_result *out)
{
    char path[1024], line[512];
    *out = (ulp_result){.n_targets = 0};
    snprintf(out->name, sizeof out->name, "%s", name);
    snprintf(path, sizeof path, "%s/%s.json", folder, name);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    while (fgets(line, sizeof line, file))
        take_line(line, out);
    fclose(file);
    return true;
}

static void put(FILE *file, const ulp_result *r)
{
    fprintf(file, "{\n  \"operation\": \"%s\",\n", r->name);
    if (r->judged)
        fprintf(file,
                "  \"inputs\": %" PRIu64
                ",\n  \"bound\": %g,\n  \"max_ulp\": %.6f,\n  \"at\": \"%s\",\n"
                "  \"result\": \"%s\",\n  \"not_rounded\": %" PRIu64 ",\n",
                r->inputs, r->bound, r->worst, r->at, r->result, r->wrong);
    fprintf(file, "  \"hash\": \"%016" PRIx64 "\",\n  \"hash_997\": \"%016" PRIx64 "\",\n", r->hash,
            r->hash_part);
    fputs("  \"targets\": {", file);
    for (uint32_t i = 0; i < r->n_targets; i++)
        fprintf(file, "%s\n    \"%s\": {\"hash\": \"%016" PRIx64 "\", \"device\": \"%s\"}",
                i ? "," : "", r->targets[i].name, r->targets[i].hash, r->targets[i].device);
    fputs("\n  }\n}\n", file);
}

bool ulp_result_write(const char *folder, const ulp_result *r)
{
    char path[1024], fresh[1040];
    snprintf(path, sizeof path, "%s/%s.json", folder, r->name);
    snprintf(fresh, sizeof fresh, "%s.%ld", path, (long)getpid());
    FILE *file = fopen(fresh, "w");
    if (!file)
        return false;
    put(file, r);
    bool good = !ferror(file);
    good &= fclose(file) == 0;
    good = good && rename(fresh, path) == 0;
    if (!good)
        remove(fresh);
    return good;
}

void ulp_result_target(ulp_result *r, const char *target, const char *device, uint64_t hash)
{
    uint32_t i = 0;
    while (i < r->n_targets && strcmp(r->targets[i].name, target))
        i++;
    if (i == ULP_TARGETS)
        return;
    if (i == r->n_targets)
        r->n_targets++;
    snprintf(r->targets[i].name, sizeof r->targets[i].name, "%s", target);
    snprintf(r->targets[i].device, sizeof r->targets[i].device, "%s", device);
    r->targets[i].hash = hash;
}
