// SPDX-License-Identifier: Apache-2.0
//
// What every subcommand of the command `weir` shares.
#ifndef TOOL_H
#define TOOL_H

#include <stdio.h>

#include <weir/weir.h>

#include "tools/weir/args.h"

enum {
    TOOL_OK = 0,
    TOOL_BROKEN = 1, // the machine failed: memory, a driver, a file that cannot be written
    TOOL_WRONG = 2,  // the caller's: a flag, a file, a shape, a device that is not here
};

int tool_devices(int argc, char **argv);
int tool_op(int argc, char **argv);
int tool_tune(int argc, char **argv);
int tool_bench(int argc, char **argv);
int tool_demo(int argc, char **argv);

// Prints "weir SUB: ..." in one line on stderr. Returns TOOL_WRONG, or TOOL_BROKEN.
int tool_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
int tool_broken(const char *format, ...) __attribute__((format(printf, 1, 2)));
// The same for a call of the library's that failed, in the library's words; `what` may be NULL.
int tool_fail_weir(const weir_context *context, weir_status status, const char *what);
// The subcommand's name in those lines.
void tool_name(const char *subcommand);

// Where operations run: the flags --device, --isa and --threads.
typedef struct tool_machine {
    const char *device, *isa;
    uint32_t threads;
} tool_machine;

#define TOOL_FLAG_DEVICE(m)                                                     \
    {                                                                           \
        "device", TOOL_TEXT, &(m)->device, "ID",                                \
            "run there, such as cpu or opencl:0 (`weir devices` lists them);\n" \
            "default: Weir chooses",                                            \
            0, 0                                                                \
    }
#define TOOL_FLAG_ISA(m)                                               \
    {                                                                  \
        "isa", TOOL_TEXT, &(m)->isa, "NAME",                           \
            "the CPU's instruction set: scalar, avx2, avx512, neon;\n" \
            "default: the best this CPU has",                          \
            0, 0                                                       \
    }
#define TOOL_FLAG_THREADS(m)                                               \
    {                                                                      \
        "threads", TOOL_COUNT, &(m)->threads, "N",                         \
            "CPU threads, 1 to 1024; default: as many as may run", 1, 1024 \
    }

// Makes a context; `flags` of weir_context_flags. TOOL_OK, or the exit status after the line.
int tool_context(const tool_machine *machine, uint32_t flags, weir_context **out);
// The number of a device by its id, once the backends are up; a line on stderr if there is none.
int tool_find_device(weir_context *context, const char *id, uint32_t *out);
// Waits for all backends. TOOL_OK, or the exit status after the line.
int tool_bring_up(weir_context *context);

// Terminal manners: colours (on stdout) where there is a terminal and NO_COLOR is unset.
bool tool_colors(void);
// A line on stderr that overwrites itself; nothing where stderr is no terminal. NULL clears it.
void tool_status(const char *text);

// Nanoseconds of a monotonic clock.
uint64_t tool_now(void);
// A size for people: "512", "4.1 k", "16.8 M"; a time: "1.2 us". Writes at most n bytes.
const char *tool_count_text(double count, char *out, size_t n);
const char *tool_time_text(double ns, char *out, size_t n);
const char *tool_bytes_text(double bytes, char *out, size_t n);

#endif
