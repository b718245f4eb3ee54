// SPDX-License-Identifier: Apache-2.0
//
// The products once more with AVX2 for everybody. OpenBLAS and BLIS choose their kernels once in a
// process, so that this is a run of its own, whose rows are taken over as the group
// matmul_f32_avx2.
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "bench/peers/peers.h"

static const char *const group = "matmul_f32_avx2";

static void become(const harness_options *o, const char *json)
{
    char threads[16], samples[16], ms[32];
    snprintf(threads, sizeof threads, "%u", o->threads);
    snprintf(samples, sizeof samples, "%u", o->samples);
    snprintf(ms, sizeof ms, "%g", o->sample_ms);
    const char *arguments[24] = {"peers",       "--isa",     "avx2",   "--only",    "matmul_f32",
                                 "--no-python", "--threads", threads,  "--samples", samples,
                                 "--sample-ms", ms,          "--json", json};
    size_t n = 14;
    if (o->quick)
        arguments[n++] = "--quick";
    if (o->ops)
        arguments[n++] = "--ops", arguments[n++] = o->ops;
    if (o->sizes)
        arguments[n++] = "--sizes", arguments[n++] = o->sizes;
    static const char *const chosen[] = {"OPENBLAS_CORETYPE", "BLIS_ARCH_TYPE",
                                         "ATEN_CPU_CAPABILITY"};
    for (size_t i = 0; i < sizeof chosen / sizeof *chosen; i++)
        unsetenv(chosen[i]); // which this run has chosen for itself
    if (!freopen("/dev/null", "w", stdout))
        _exit(127);
    execv("/proc/self/exe", (char **)arguments);
    _exit(127);
}

static double of_contender(const cJSON *row, const char *what, const char *key)
{
    const cJSON *values = cJSON_GetObjectItemCaseSensitive(row, what);
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(values, key);
    return cJSON_IsNumber(value) ? value->valuedouble : NAN;
}

static double number_of(const cJSON *row, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(row, key);
    return cJSON_IsNumber(value) ? value->valuedouble : NAN;
}

static const char *text_of(const cJSON *object, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsString(value) ? value->valuestring : "";
}

static void take_row(harness *h, const cJSON *row)
{
    harness_row *r = harness_new_row(h);
    if (!r)
        return;
    r->group = group;
    r->unit = "flop";
    snprintf(r->name, sizeof r->name, "%s", text_of(row, "name"));
    snprintf(r->shape, sizeof r->shape, "%s", text_of(row, "shape"));
    r->size = number_of(row, "size");
    r->work = number_of(row, "work");
    for (size_t i = 0; i < h->n_contenders; i++) {
        r->ns[i] = of_contender(row, "ns", h->contender[i].key);
        r->least[i] = of_contender(row, "least_ns", h->contender[i].key);
        r->ratio[i] = of_contender(row, "ratio", h->contender[i].key);
    }
}

static void take(harness *h, const char *path)
{
    const cJSON *item;
    cJSON *root = harness_read_json(path);
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(root, "contenders"))
    {
        if (!strcmp(text_of(item, "role"), "peer"))
            harness_note(h, "up to AVX2: %s %s", text_of(item, "name"), text_of(item, "version"));
    }
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(root, "rows"))
    {
        take_row(h, item);
    }
    cJSON_Delete(root);
}

void peers_narrow(harness *h)
{
    char path[] = "/tmp/weir-peers-XXXXXX";
    int file = mkstemp(path), status = 0;
    if (file < 0) {
        harness_note(h, "no run up to AVX2: no temporary file (%s)", strerror(errno));
        return;
    }
    close(file);
    if (h->options.status)
        h->options.status("the products up to AVX2, in a run of their own");
    pid_t child = fork();
    if (child == 0)
        become(&h->options, path);
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
        WEXITSTATUS(status) != 0)
        harness_note(h, "the run up to AVX2 failed");
    else
        take(h, path);
    unlink(path);
}
