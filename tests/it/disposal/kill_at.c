/*
 * Kills the process that loads it, with SIGKILL, at a step that reaches the disk.
 *
 * A step is a sync of a file or folder, a rename, or a removal, below one of the folders in KILL_BELOW (separated by
 * colons). Each is counted; at the one numbered KILL_AT the process dies before it (KILL_HOW=before) or after it. With
 * KILL_LOG every step is written there, so that a first run without KILL_AT tells which there are. With KILL_WHEN steps
 * are counted from when that file exists: a process that serves is killed in what it is asked for then.
 *
 * For tests alone: the program knows nothing of it. Built with `cc -shared -fPIC`, loaded with LD_PRELOAD.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_long steps;

static int is_below(const char *path) {
    const char *folders = getenv("KILL_BELOW");
    while (folders && *folders) {
        size_t length = strcspn(folders, ":");
        if (strncmp(path, folders, length) == 0) return 1;
        folders += length + (folders[length] == ':');
    }
    return 0;
}

/* Whether the process dies at this step; before the step it does so here. */
static int step(const char *what, const char *path) {
    char whole[PATH_MAX];
    if (!realpath(path, whole)) snprintf(whole, sizeof whole, "%s", path);
    const char *when = getenv("KILL_WHEN");
    if (!is_below(whole) || (when && access(when, F_OK) != 0)) return 0;
    long number = atomic_fetch_add(&steps, 1) + 1;
    const char *log = getenv("KILL_LOG"), *at = getenv("KILL_AT"), *how = getenv("KILL_HOW");
    if (log) {
        char line[PATH_MAX + 64];
        int length = snprintf(line, sizeof line, "%ld %s %s\n", number, what, whole);
        int file = open(log, O_WRONLY | O_APPEND | O_CREAT, 0600);
        if (file >= 0) {
            if (write(file, line, (size_t)length) < 0) abort();
            close(file);
        }
    }
    if (!at || atol(at) != number) return 0;
    if (how && strcmp(how, "before") == 0) raise(SIGKILL);
    return 1;
}

static void end(int dies) {
    if (dies) kill(getpid(), SIGKILL), pause();
}

static const char *path_of(int file, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
    return path;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int fsync(int file) {
    char path[PATH_MAX];
    int dies = step("sync", path_of(file, path)), done = REAL(fsync)(file);
    end(dies);
    return done;
}

int fdatasync(int file) {
    char path[PATH_MAX];
    int dies = step("sync", path_of(file, path)), done = REAL(fdatasync)(file);
    end(dies);
    return done;
}

int rename(const char *from, const char *to) {
    int dies = step("rename", from), done = REAL(rename)(from, to);
    end(dies);
    return done;
}

int unlink(const char *path) {
    int dies = step("remove", path), done = REAL(unlink)(path);
    end(dies);
    return done;
}
