// SPDX-License-Identifier: Apache-2.0
// A host that leaves at some moment of the drivers' bring-up ends with its own status. The parent
// runs itself again as `leave MICROSECONDS how`, many times.
#include <weir/weir.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OWN_STATUS = 3, HANG_SECONDS = 120 };

static weir_context *c;

static void *tune(void *unused)
{
    (void)unused;
    weir_tune(c, NULL);
    return NULL;
}

static void destroy_late(void)
{
    weir_context_destroy(c);
}

static int leave(long microseconds, const char *how)
{
    pthread_t other;
    weir_context_options o = {.struct_size = sizeof o, .flags = WEIR_CONTEXT_NO_PROFILE};
    alarm(HANG_SECONDS);
    if (!strcmp(how, "late")) // runs after all that the drivers registered
        atexit(destroy_late);
    if (weir_context_create(&o, &c) != WEIR_OK)
        return 1;
    weir_devices_wait(c, 0); // begins it
    if (!strcmp(how, "tune") && pthread_create(&other, NULL, tune, NULL) != 0)
        return 1;
    usleep((useconds_t)microseconds);
    if (!strcmp(how, "destroy"))
        weir_context_destroy(c);
    if (!strcmp(how, "exit"))
        exit(OWN_STATUS);
    return OWN_STATUS;
}

static int run(const char *self, long microseconds, const char *how)
{
    char text[32];
    snprintf(text, sizeof text, "%ld", microseconds);
    pid_t child = fork();
    if (child == 0) {
        execl(self, self, text, how, (char *)NULL);
        _exit(99);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == OWN_STATUS)
        return 0;
    fprintf(stderr, "%s after %ld us: %s %d\n", how, microseconds,
            WIFSIGNALED(status) ? "signal" : "status",
            WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    return 1;
}

int main(int argc, char **argv)
{
    if (argc == 3)
        return leave(atol(argv[1]), argv[2]);
    static const char *const ways[] = {"return", "exit", "destroy", "late", "tune"};
    enum { WAYS = sizeof ways / sizeof ways[0] };
    const char *full = getenv("WEIR_TEST_FULL");
    int step = full && *full == '1' ? 5000 : 20000, failed = 0, runs = 0;
    for (long us = 0; us <= 240000; us += step)
        for (int way = 0; way < WAYS; way++, runs++)
            failed += run(argv[0], us, ways[way]);
    printf("%d runs, %d ended otherwise than with their own status\n", runs, failed);
    return failed != 0;
}
