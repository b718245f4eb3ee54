// SPDX-License-Identifier: Apache-2.0
// Profiles as files: found, trusted in nothing, replaced atomically.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE // secure_getenv
#endif
#include "runtime/routing/profile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_MAX_ = 64, OTHERS_WRITE = 022, ATTEMPTS = 8 };

static bool fits(char out[W_PROFILE_PATH], const char *folder, const char *below)
{
    int n = snprintf(out, W_PROFILE_PATH, "%s%s", folder, below);
    if (n > 0 && n < W_PROFILE_PATH)
        return true;
    out[0] = 0;
    return false;
}

// The XDG base directory specification: a relative path in the environment is ignored.
bool w_profile_folder(const char *cache_dir, char out[W_PROFILE_PATH])
{
    out[0] = 0;
    if (cache_dir)
        return fits(out, cache_dir, "");
    const char *xdg = secure_getenv("XDG_CACHE_HOME");
    if (xdg && xdg[0] == '/')
        return fits(out, xdg, "/weir");
    const char *home = secure_getenv("HOME");
    return home && home[0] == '/' && fits(out, home, "/.cache/weir");
}

static void file_name(const w_profile_key *key, char out[NAME_MAX_])
{
    snprintf(out, NAME_MAX_, "profile-%016" PRIx64 ".txt",
             w_profile_hash(key->text, strlen(key->text)));
}

static const char *odd_owner(const struct stat *s)
{
    if (s->st_uid != geteuid())
        return "it belongs to another user";
    return s->st_mode & OTHERS_WRITE ? "others may write to it" : NULL;
}

// -1 where there is no folder (errno ENOENT) or it is odd (`why` says how).
static int open_folder(const char *folder, const char **why)
{
    struct stat s;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    *why = NULL;
    if (fd < 0) {
        *why = errno == ENOENT ? NULL : strerror(errno);
        return -1;
    }
    *why = fstat(fd, &s) ? strerror(errno) : odd_owner(&s);
    if (!*why)
        return fd;
    close(fd);
    return -1;
}

// ---------------------------------------------------------------- reading

static const char *odd_file(int fd)
{
    struct stat s;
    if (fstat(fd, &s))
        return strerror(errno);
    if (!S_ISREG(s.st_mode))
        return "it is no regular file";
    if (s.st_nlink != 1)
        return "it has another name too";
    if (s.st_size > W_PROFILE_MAX)
        return "it is larger than 64 KiB";
    return odd_owner(&s);
}

// Reads at most `capacity` bytes; negative on an error.
static ssize_t read_all(int fd, char *out, size_t capacity)
{
    size_t used = 0;
    while (used < capacity) {
        ssize_t n = read(fd, out + used, capacity - used);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        used += (size_t)n;
    }
    return (ssize_t)used;
}

static const char *read_profile(const w_host *host, int fd, const w_profile_key *key,
                                w_model *model, uint32_t device)
{
    const char *odd = odd_file(fd);
    if (odd)
        return odd;
    char *text = w_alloc(host, W_PROFILE_MAX + 1);
    if (!text)
        return "no memory is left to read it";
    ssize_t n = read_all(fd, text, W_PROFILE_MAX + 1);
    odd = n < 0 ? strerror(errno) : w_profile_parse(text, (size_t)n, key, model, device);
    w_release(host, text, W_PROFILE_MAX + 1);
    return odd;
}

bool w_profile_load(const w_host *host, const char *folder, const w_profile_key *key,
                    w_model *model, uint32_t device)
{
    char name[NAME_MAX_];
    const char *odd;
    if (!folder[0])
        return false;
    file_name(key, name);
    int at = open_folder(folder, &odd);
    if (at < 0) {
        if (odd)
            w_log(host, "the profile folder %s is not used: %s", folder, odd);
        return false;
    }
    // Not blocking: what lies there may be a pipe.
    int fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0) {
        odd = read_profile(host, fd, key, model, device);
        close(fd);
    } else {
        odd = errno == ENOENT ? NULL : strerror(errno);
    }
    close(at);
    if (odd)
        w_log(host, "the profile %s/%s is not used: %s", folder, name, odd);
    return fd >= 0 && !odd;
}

// ---------------------------------------------------------------- writing

// Makes the folder and its parents.
static weir_status make_folder(const char *folder)
{
    char path[W_PROFILE_PATH];
    if (!fits(path, folder, ""))
        return w_fail(WEIR_IO, "the path of the profile folder is longer than %d bytes",
                      W_PROFILE_PATH - 1);
    for (char *c = path + 1;; c++) {
        if (*c && *c != '/')
            continue;
        char kept = *c;
        *c = 0;
        if (mkdir(path, 0700) && errno != EEXIST)
            return w_fail(WEIR_IO, "cannot make the folder %s: %s", path, strerror(errno));
        *c = kept;
        if (!kept)
            return WEIR_OK;
    }
}

static bool write_pieces(int fd, const char *text, size_t size)
{
    while (size) {
        ssize_t n = write(fd, text, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        text += n;
        size -= (size_t)n;
    }
    // Some file systems cannot sync; the rename is atomic there all the same.
    return fsync(fd) == 0 || errno == EINVAL || errno == ENOSYS;
}

// Where the process may write no larger file, the kernel's signal would end it: it is kept from
// this thread, and the write fails like any other.
static bool write_all(int fd, const char *text, size_t size)
{
    sigset_t only, old, pending;
    sigemptyset(&only);
    sigaddset(&only, SIGXFSZ);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &only, &old);
    bool written = write_pieces(fd, text, size);
    int error = errno;
    if (!written && error == EFBIG && !sigismember(&pending, SIGXFSZ))
        sigtimedwait(&only, NULL, &(struct timespec){0});
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    errno = error;
    return written;
}

// A new file beside the profile's place; -1 with errno.
static int open_temporary(int at, const char *name, char out[NAME_MAX_ + 64])
{
    int fd = -1;
    errno = EEXIST;
    for (int i = 0; i < ATTEMPTS && fd < 0 && errno == EEXIST; i++) {
        snprintf(out, NAME_MAX_ + 64, ".%s.%ld.%" PRIu64 ".tmp", name, (long)getpid(), w_now());
        fd = openat(at, out, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    }
    return fd;
}

static weir_status replace(int at, const char *folder, const char *name, const char *text,
                           size_t size)
{
    char temporary[NAME_MAX_ + 64];
    int fd = open_temporary(at, name, temporary);
    if (fd < 0)
        return w_fail(WEIR_IO, "cannot make a file in %s: %s", folder, strerror(errno));
    bool written = write_all(fd, text, size);
    int error = errno;
    if (close(fd) && written) {
        written = false;
        error = errno;
    }
    if (written && renameat(at, temporary, at, name)) {
        written = false;
        error = errno;
    }
    if (written)
        return WEIR_OK;
    unlinkat(at, temporary, 0);
    return w_fail(WEIR_IO, "cannot write %s/%s: %s", folder, name, strerror(error));
}

static weir_status save_text(const char *folder, const w_profile_key *key, const char *text,
                             size_t size)
{
    char name[NAME_MAX_];
    const char *odd;
    file_name(key, name);
    weir_status status = make_folder(folder);
    if (status != WEIR_OK)
        return status;
    int at = open_folder(folder, &odd);
    if (at < 0)
        return w_fail(WEIR_IO, "the profile folder %s is not used: %s", folder,
                      odd ? odd : "it is gone");
    status = replace(at, folder, name, text, size);
    close(at);
    return status;
}

weir_status w_profile_save(const w_host *host, const char *folder, const w_profile_key *key,
                           const w_model *model, uint32_t device)
{
    if (!folder[0] || !(w_model_devices(model) >> device & 1))
        return WEIR_OK;
    char *text = w_alloc(host, W_PROFILE_MAX);
    if (!text)
        return WEIR_OUT_OF_MEMORY;
    size_t size = w_profile_print(model, device, key, text);
    weir_status status =
        size ? save_text(folder, key, text, size)
             : w_fail(WEIR_IO, "the profile is larger than %d bytes", W_PROFILE_MAX);
    w_release(host, text, W_PROFILE_MAX);
    return status;
}
