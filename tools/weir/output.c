// SPDX-License-Identifier: Apache-2.0
#include "tools/weir/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/weir/tool.h"

static bool cannot(const char *path)
{
    tool_broken("%s: cannot be written: %s", path, strerror(errno));
    return false;
}

// Where a rename must go: through links, so that a link stays one.
static char *resolve(const char *path)
{
    struct stat st;
    if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
        return realpath(path, NULL);
    return strdup(path);
}

static bool open_temporary(tool_output *o)
{
    size_t n = strlen(o->target) + sizeof ".XXXXXX";
    o->temporary = malloc(n);
    if (!o->temporary)
        return false;
    snprintf(o->temporary, n, "%s.XXXXXX", o->target);
    int fd = mkstemp(o->temporary);
    if (fd < 0) {
        free(o->temporary);
        o->temporary = NULL;
        return false;
    }
    // mkstemp gives 0600; a new file has what the umask leaves.
    mode_t mask = umask(0);
    umask(mask);
    o->file = fchmod(fd, 0666 & ~mask) == 0 ? fdopen(fd, "wb") : NULL;
    if (!o->file)
        close(fd);
    return o->file != NULL;
}

bool tool_output_open(tool_output *o, const char *path)
{
    struct stat st;
    memset(o, 0, sizeof *o);
    bool exists = stat(path, &st) == 0, special = exists && !S_ISREG(st.st_mode);
    // A pipe behind /dev/stdout has no path of its own.
    o->target = special ? strdup(path) : resolve(path);
    if (!o->target)
        return cannot(path);
    if (exists && S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        cannot(path);
    } else if (special) {
        o->file = fopen(o->target, "wb"); // renaming over /dev/null would replace it
        if (!o->file)
            cannot(path);
    } else if (!open_temporary(o)) {
        cannot(path);
    }
    if (o->file)
        return true;
    tool_output_abandon(o, 1);
    return false;
}

static bool finish(tool_output *o)
{
    int failed = fflush(o->file) != 0 || ferror(o->file);
    failed |= fclose(o->file) != 0;
    o->file = NULL;
    return failed ? cannot(o->target) : true;
}

bool tool_output_commit(tool_output *outputs, size_t n)
{
    bool good = true;
    for (size_t i = 0; i < n && good; i++)
        good = finish(&outputs[i]);
    for (size_t i = 0; i < n && good; i++) {
        tool_output *o = &outputs[i];
        if (!o->temporary)
            continue;
        good = rename(o->temporary, o->target) == 0 || cannot(o->target);
        if (good) {
            free(o->temporary);
            o->temporary = NULL;
        }
    }
    tool_output_abandon(outputs, n);
    return good;
}

void tool_output_abandon(tool_output *outputs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        tool_output *o = &outputs[i];
        if (o->file)
            fclose(o->file);
        if (o->temporary)
            unlink(o->temporary);
        free(o->temporary);
        free(o->target);
        memset(o, 0, sizeof *o);
    }
}
