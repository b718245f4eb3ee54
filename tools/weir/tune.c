// SPDX-License-Identifier: Apache-2.0
//
// weir tune: measures this machine.
#include "tools/weir/tune.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tools/weir/crossovers.h"
#include "tools/weir/op.h"
#include "tools/weir/tool.h"

enum { BAR = 30 };

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

typedef struct progress {
    bool terminal;
    int quarter; // the last quarter that a line told of
    uint64_t shown;
} progress;

static bool report(void *user, double fraction, const char *what)
{
    progress *p = user;
    fraction = fraction < 0 ? 0 : fraction > 1 ? 1 : fraction;
    if (p->terminal && (tool_now() - p->shown > 50000000 || fraction >= 1)) {
        char line[256], bar[BAR + 1];
        int full = (int)(fraction * BAR);
        memset(bar, '#', (size_t)full);
        memset(bar + full, '.', (size_t)(BAR - full));
        bar[BAR] = '\0';
        // 80 columns, or the line would wrap and no longer overwrite itself.
        snprintf(line, sizeof line, "[%s] %3d %%  %.38s", bar, (int)(fraction * 100),
                 what ? what : "");
        tool_status(line);
        p->shown = tool_now();
    } else if (!p->terminal && (int)(fraction * 4) > p->quarter) {
        p->quarter = (int)(fraction * 4);
        printf("   %d %%%s%s\n", p->quarter * 25, what && *what ? "  " : "", what ? what : "");
        fflush(stdout);
    }
    return !interrupted;
}

int tune_run(weir_context *context, double budget, const weir_op *ops, size_t n_ops, bool renew)
{
    progress p = {.terminal = isatty(2)};
    weir_tune_options options = {.struct_size = sizeof options,
                                 .budget_seconds = budget,
                                 .ops = ops,
                                 .n_ops = n_ops,
                                 .progress = report,
                                 .user = &p,
                                 .renew = renew};
    // The first ^C stops the measuring and keeps what there is; the second one ends the command.
    struct sigaction on = {.sa_handler = interrupt, .sa_flags = (int)SA_RESETHAND}, before;
    interrupted = 0;
    sigaction(SIGINT, &on, &before);
    weir_status s = weir_tune(context, &options);
    sigaction(SIGINT, &before, NULL);
    tool_status(NULL);
    if (s == WEIR_CANCELLED)
        puts("   stopped; what was measured is kept");
    else if (s != WEIR_OK)
        return tool_fail_weir(context, s, NULL);
    return TOOL_OK;
}

static int find_ops(const tool_texts *names, weir_op *out)
{
    for (size_t i = 0; i < names->n; i++) {
        out[i] = op_find(names->item[i]);
        if (!out[i])
            return TOOL_WRONG;
    }
    return TOOL_OK;
}

int tool_tune(int argc, char **argv)
{
    tool_texts names = {0};
    tool_machine machine = {0};
    double budget = 10;
    bool renew = false;
    const char *device = NULL;
    const tool_flag flags[] = {
        {"budget", TOOL_REAL, &budget, "SECONDS", "stop after so long; default: 10", 0.1, 86400},
        {"op", TOOL_TEXTS, &names, "NAME", "measure this one; may be repeated; default: all", 0, 0},
        {"renew", TOOL_ON, &renew, NULL, "measure again what the profile already holds", 0, 0},
        {"device", TOOL_TEXT, &device, "ID", "print this device's crossovers alone", 0, 0},
        TOOL_FLAG_ISA(&machine),
        TOOL_FLAG_THREADS(&machine),
    };
    const tool_usage usage = {
        .line = "weir tune [--budget SECONDS] [--op NAME ...] [--renew] [flags]",
        .about =
            "Measures links and kernels on every device that gives the CPU's bits, saves them in\n"
            "the profile, which every later run loads, and prints from which size each device\n"
            "beats the CPU. Calling it again goes on where the budget ended.",
        .flags = flags,
        .n_flags = sizeof flags / sizeof flags[0],
        .examples = "  weir tune --budget 30\n  weir tune --op exp --op matmul --renew\n",
    };
    int r = tool_args(argc, argv, &usage, NULL);
    if (r >= 0)
        return r;
    weir_op ops[TOOL_MAX_TEXTS];
    r = find_ops(&names, ops);
    if (r != TOOL_OK)
        return r;
    weir_context *context;
    uint32_t only = 0;
    r = tool_context(&machine, 0, &context);
    if (r != TOOL_OK)
        return r;
    r = tool_bring_up(context);
    if (r == TOOL_OK && device)
        r = tool_find_device(context, device, &only);
    if (r == TOOL_OK && device && only == 0)
        r = tool_fail("--device %s: crossovers are those of the other devices against it", device);
    if (r == TOOL_OK)
        r = tune_run(context, budget, names.n ? ops : NULL, names.n, renew);
    if (r == TOOL_OK)
        crossovers_print(context, only, 0);
    weir_context_destroy(context);
    return r;
}
