// SPDX-License-Identifier: Apache-2.0
//
// The command `weir`: finds the subcommand and runs it.
#include <string.h>

#include "tools/weir/tool.h"

static const struct {
    const char *name, *help;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"devices", "list the devices, and why a backend has none", tool_devices},
    {"op", "run any operation on NumPy files", tool_op},
    {"tune", "measure this machine and print the crossovers", tool_tune},
    {"bench", "time operations on the CPU, and compare with an earlier run", tool_bench},
    {"demo", "discover, tune and route on real data; writes a report", tool_demo},
};
enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

static int help(FILE *out)
{
    fputs(
        "usage: weir COMMAND [flags]\n\n"
        "Runs operations on the CPU or a GPU, wherever they finish first, with the same bits.\n\n",
        out);
    for (int i = 0; i < N_COMMANDS; i++)
        fprintf(out, "  %-9s  %s\n", commands[i].name, commands[i].help);
    fputs("\n  --help     this text; `weir COMMAND --help` says more\n"
          "  --version  the version\n"
          "\nexamples:\n"
          "  weir devices\n"
          "  weir op exp --in x.npy --out y.npy --device opencl:0\n",
          out);
    return TOOL_OK;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        help(stderr);
        return TOOL_WRONG;
    }
    const char *names[N_COMMANDS];
    for (int i = 0; i < N_COMMANDS; i++) {
        names[i] = commands[i].name;
        if (strcmp(argv[1], names[i]))
            continue;
        tool_name(names[i]);
        int status = commands[i].run(argc - 1, argv + 1);
        // A full disk shows only when the buffer is written.
        if ((fflush(stdout) || ferror(stdout)) && status == TOOL_OK)
            return tool_broken("cannot write to the standard output");
        return status;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
        return help(stdout);
    if (!strcmp(argv[1], "--version"))
        return printf("weir %s\n", weir_version()) > 0 ? TOOL_OK : TOOL_BROKEN;
    const char *close = tool_closest(argv[1], names, N_COMMANDS);
    if (close)
        return tool_fail("unknown command \"%s\"; did you mean %s?", argv[1], close);
    return tool_fail("unknown command \"%s\"; weir --help lists them", argv[1]);
}
