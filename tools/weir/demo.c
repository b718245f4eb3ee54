// SPDX-License-Identifier: Apache-2.0
//
// weir demo: discovers, tunes and routes on real data.
#include "tools/weir/demo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/weir/crossovers.h"
#include "tools/weir/devices.h"
#include "tools/weir/tune.h"

char *demo_path(const char *folder, const char *name)
{
    size_t n = strlen(folder) + strlen(name) + 2;
    char *path = malloc(n);
    if (path)
        snprintf(path, n, "%s/%s", folder, name);
    return path;
}

static bool has_data(const char *folder)
{
    char *path = demo_path(folder, "digits.csv.gz");
    bool found = path && access(path, R_OK) == 0;
    free(path);
    return found;
}

// The folder of the data: as said, in the build's folder, or where it was installed.
static int find_data(demo *d, char *buffer, size_t n)
{
    static const char *const beside[] = {"weir-data", "../share/weir"};
    if (d->data)
        return has_data(d->data) ? TOOL_OK
                                 : tool_fail("--data %s: holds no digits.csv.gz", d->data);
    d->data = buffer;
    char self[2048];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    for (int i = 0; length > 0 && i < 2; i++) {
        self[length] = '\0';
        char *slash = strrchr(self, '/');
        snprintf(buffer, n, "%.*s/%s", slash ? (int)(slash - self) : 0, self, beside[i]);
        if (has_data(buffer))
            return TOOL_OK;
    }
    d->data = TOOL_DATA_FOLDER;
    if (has_data(d->data))
        return TOOL_OK;
    return tool_fail("no digits.csv.gz beside the command or in %s; --data FOLDER says where",
                     TOOL_DATA_FOLDER);
}

static void heading(int number, const char *text)
{
    bool colors = tool_colors();
    printf("\n%s%d. %s%s\n", colors ? "\033[1m" : "", number, text, colors ? "\033[0m" : "");
    fflush(stdout);
}

static int run(demo *d)
{
    char text[96], seconds[32];
    printf("weir %s\n", weir_version());
    heading(1, "Devices");
    int r = tool_bring_up(d->context);
    if (r != TOOL_OK)
        return r;
    devices_verify(d->context);
    devices_print(d->context, 3);

    snprintf(text, sizeof text, "Calibration, at most %s",
             tool_time_text(d->budget * 1e9, seconds, sizeof seconds));
    heading(2, text);
    r = tune_run(d->context, d->budget, NULL, 0, false);
    if (r != TOOL_OK)
        return r;
    heading(3, "Crossovers: from which size a device beats the CPU");
    crossovers_print(d->context, 0, 3);

    heading(4, "Digits: 797 asked, the nearest of 1000 known by one matrix product");
    r = demo_digits(d);
    if (r != TOOL_OK)
        return r;
    heading(5, "Photo: RGBA to gray, threshold, normalize");
    r = demo_photo(d);
    if (r != TOOL_OK)
        return r;
    heading(6, "Report");
    return demo_report(d);
}

void demo_free(demo *d)
{
    for (int i = 0; i < DEMO_PICTURES; i++)
        free(d->picture[i].png);
    free(d->photo);
    weir_context_destroy(d->context);
}

int tool_demo(int argc, char **argv)
{
    static demo d;
    d.out = "weir-demo";
    d.budget = 30;
    const tool_flag flags[] = {
        {"budget", TOOL_REAL, &d.budget, "SECONDS", "for the calibration; default: 30", 0.1, 86400},
        TOOL_FLAG_ISA(&d.machine),
        TOOL_FLAG_THREADS(&d.machine),
        {"data", TOOL_TEXT, &d.data, "FOLDER",
         "where digits.csv.gz and china.jpg are; default: as installed", 0, 0},
        {"out", TOOL_TEXT, &d.out, "FOLDER", "where the report goes; default: weir-demo", 0, 0},
    };
    const tool_usage usage = {
        .line = "weir demo [--budget SECONDS] [--out FOLDER] [flags]",
        .about =
            "Finds the devices, measures them, prints from which size each beats the CPU, then\n"
            "recognises hand-written digits on every device and instruction set, compares the\n"
            "bits, and works on a photo. Writes FOLDER/report.html and three PNGs. Exits 1 if the\n"
            "bits or the answers differ, or are missing, where a device's verdict is identical.",
        .flags = flags,
        .n_flags = sizeof flags / sizeof flags[0],
        .examples = "  weir demo\n  weir demo --isa scalar --threads 1 --budget 5\n",
    };
    char folder[4096];
    int r = tool_args(argc, argv, &usage, NULL);
    if (r >= 0)
        return r;
    r = find_data(&d, folder, sizeof folder);
    if (r == TOOL_OK && mkdir(d.out, 0777) != 0 && errno != EEXIST)
        r = tool_fail("--out %s: %s", d.out, strerror(errno));
    if (r == TOOL_OK)
        r = tool_context(&d.machine, 0, &d.context);
    if (r == TOOL_OK)
        r = run(&d);
    if (r == TOOL_OK && d.broken)
        r = TOOL_BROKEN;
    demo_free(&d);
    return r;
}
