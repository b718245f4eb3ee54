// SPDX-License-Identifier: Apache-2.0
//
// How many threads this process may use. A container's quota counts: threads beyond it only wait
// for each other.
#include "backends/cpu/threads.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_THREADS = 1024, MOST_CPUS = 8192 };

static uint32_t affinity(void)
{
    cpu_set_t sets[MOST_CPUS / CPU_SETSIZE];
    if (sched_getaffinity(0, sizeof sets, sets) != 0)
        return 1;
    return (uint32_t)CPU_COUNT_S(sizeof sets, sets);
}

// Reads a file of one line. False where it cannot be read.
static bool read_line(const char *path, char *line, int capacity)
{
    FILE *f = fopen(path, "re");
    if (!f)
        return false;
    bool ok = fgets(line, capacity, f) != NULL;
    fclose(f);
    return ok;
}

// CPUs of a quota, rounded up; 0 for none.
static uint32_t quota_of(double quota, double period)
{
    if (quota <= 0 || period <= 0 || quota / period >= MOST_THREADS)
        return 0;
    uint32_t whole = (uint32_t)(quota / period);
    return whole + (quota > whole * period);
}

static uint32_t quota_v2(const char *group)
{
    char path[1200], line[128];
    double quota, period;
    snprintf(path, sizeof path, "/sys/fs/cgroup%s/cpu.max", group);
    // "max 100000" where there is no limit: no number to read.
    if (!read_line(path, line, sizeof line) || sscanf(line, "%lf %lf", &quota, &period) != 2)
        return 0;
    return quota_of(quota, period);
}

static uint32_t quota_v1(const char *group)
{
    char path[1200], line[128];
    snprintf(path, sizeof path, "/sys/fs/cgroup/cpu%s/cpu.cfs_quota_us", group);
    if (!read_line(path, line, sizeof line))
        return 0;
    double quota = atof(line);
    snprintf(path, sizeof path, "/sys/fs/cgroup/cpu%s/cpu.cfs_period_us", group);
    return read_line(path, line, sizeof line) ? quota_of(quota, atof(line)) : 0;
}

// The least quota of a group and those above it; in a container the own group's path may lie
// outside what is mounted, the root of the mount never does.
static uint32_t least_quota(char *group, uint32_t (*quota)(const char *group))
{
    uint32_t least = 0;
    for (;;) {
        uint32_t q = quota(group);
        if (q && (!least || q < least))
            least = q;
        char *slash = strrchr(group, '/');
        if (!slash)
            return least;
        *slash = 0;
    }
}

// A line of /proc/self/cgroup is NUMBER:CONTROLLERS:PATH; version 2 is "0::PATH".
static uint32_t cgroup_quota(void)
{
    FILE *f = fopen("/proc/self/cgroup", "re");
    uint32_t least = 0;
    char line[1100];
    while (f && fgets(line, sizeof line, f)) {
        char *controllers = strchr(line, ':');
        char *path = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!path)
            continue;
        *path++ = 0;
        path[strcspn(path, "\n")] = 0;
        bool second = controllers[1] == 0;
        bool cpu = false;
        for (char *rest = controllers + 1, *name; (name = strsep(&rest, ","));)
            cpu |= !strcmp(name, "cpu");
        uint32_t q = second ? least_quota(path, quota_v2) : cpu ? least_quota(path, quota_v1) : 0;
        if (q && (!least || q < least))
            least = q;
    }
    if (f)
        fclose(f);
    return least;
}

uint32_t w_threads_available(void)
{
    uint32_t threads = affinity(), quota = cgroup_quota();
    if (quota && quota < threads)
        threads = quota;
    return W_MAX(1u, W_MIN(threads, (uint32_t)MOST_THREADS));
}
