/* Kills its process at the N-th write, truncation, sync, rename or unlink of a file under KILL_UNDER. For tests only.

   KILL_AT     the number of the call to die at; 0: never, only count
   KILL_MODE   before   die before the call
               torn     the call is half done (a write writes its first half), then die
               power    die before the call, and undo all that was not yet synced: writes and truncations since the file's
                        last fsync, renames and unlinks since their directory's last fsync
   KILL_COUNT  a file outside KILL_UNDER to which each call's name is appended, so that the test can count them
   A descriptor counts if /proc/self/fd says that its file lies under KILL_UNDER. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum kind { CONTENT, NAME_MOVED, NAME_GONE };
struct undo {
    struct undo *before;
    enum kind kind;
    dev_t device; ino_t inode;            /* of the file (CONTENT), of the directory (names) */
    int fd; off_t offset, size; size_t length; char *bytes;
    char from[PATH_MAX], to[PATH_MAX], kept[PATH_MAX + 32];
};
static struct undo *undone;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static long calls, number;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_fsync)(int), (*real_fdatasync)(int), (*real_ftruncate)(int, off_t), (*real_unlink)(const char *);
static int (*real_rename)(const char *, const char *);

__attribute__((constructor)) static void find(void) {
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
    real_rename = dlsym(RTLD_NEXT, "rename");
}

static int mode_is(const char *mode) { const char *set = getenv("KILL_MODE"); return set && !strcmp(set, mode); }

static int path_counts(const char *path) {
    const char *under = getenv("KILL_UNDER");
    return under && *under && path && !strncmp(path, under, strlen(under)) && !strstr(path, "/.undo-");
}

static int fd_counts(int fd) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return path_counts(path);
}

/* A process that is not dumpable may not read its own /proc/self/fd unless it is root: here alone it stays dumpable. */
int prctl(int option, ...) {
    va_list rest;
    va_start(rest, option);
    unsigned long a = va_arg(rest, unsigned long), b = va_arg(rest, unsigned long), c = va_arg(rest, unsigned long),
                  d = va_arg(rest, unsigned long);
    va_end(rest);
    if (option == PR_SET_DUMPABLE) return 0;
    int (*real)(int, ...) = dlsym(RTLD_NEXT, "prctl");
    return real(option, a, b, c, d);
}

static void undo_all(void) {
    for (struct undo *u = undone; u; u = u->before) {
        if (u->kind == CONTENT) {
            if (u->length) real_pwrite(u->fd, u->bytes, u->length, u->offset);
            real_ftruncate(u->fd, u->size);
        } else if (u->kind == NAME_MOVED) {
            real_rename(u->to, u->from);
            if (*u->kept) real_rename(u->kept, u->to);
        } else {
            real_rename(u->kept, u->from);
        }
    }
}

/* Counts one call; returns 1 if the process must die in it. */
static int reached(const char *name) {
    const char *at = getenv("KILL_AT"), *count = getenv("KILL_COUNT");
    calls++;
    if (count && *count) {
        int log = open(count, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        dprintf(log, "%s\n", name);
        close(log);
    }
    return at && atol(at) == calls;
}

static void die(void) {
    if (mode_is("power")) undo_all();
    _exit(137);
}

static void remember(int fd, off_t offset, size_t length) {
    struct stat state;
    if (!mode_is("power") || fstat(fd, &state)) return;
    struct undo *u = calloc(1, sizeof *u);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    u->kind = CONTENT; u->device = state.st_dev; u->inode = state.st_ino; u->offset = offset; u->size = state.st_size;
    u->fd = open(path, O_RDWR | O_CLOEXEC);   /* never closed: closing would drop SQLite's own locks */
    u->bytes = malloc(length ? length : 1);
    ssize_t got = length ? pread(u->fd, u->bytes, length, offset) : 0;
    u->length = got > 0 ? (size_t)got : 0;
    u->before = undone; undone = u;
}

static void forget(int fd) {
    struct stat state;
    if (!mode_is("power") || fstat(fd, &state)) return;
    for (struct undo **u = &undone; *u;) {
        if ((*u)->device == state.st_dev && (*u)->inode == state.st_ino) {
            if (*(*u)->kept) real_unlink((*u)->kept);
            *u = (*u)->before;
        } else u = &(*u)->before;
    }
}

static void remember_name(enum kind kind, const char *from, const char *to) {
    struct stat state;
    char directory[PATH_MAX];
    if (!mode_is("power")) return;
    struct undo *u = calloc(1, sizeof *u);
    u->kind = kind;
    snprintf(u->from, sizeof u->from, "%s", from);
    if (to) snprintf(u->to, sizeof u->to, "%s", to);
    snprintf(directory, sizeof directory, "%s", from);
    char *slash = strrchr(directory, '/');
    if (slash) *slash = 0;
    if (!stat(directory, &state)) { u->device = state.st_dev; u->inode = state.st_ino; }
    snprintf(u->kept, sizeof u->kept, "%s/.undo-%ld", directory, ++number);
    if (link(kind == NAME_MOVED ? to : from, u->kept)) *u->kept = 0;
    u->before = undone; undone = u;
}

ssize_t write(int fd, const void *data, size_t length) {
    if (!fd_counts(fd)) return real_write(fd, data, length);
    pthread_mutex_lock(&gate);
    int now = reached("write");
    remember(fd, lseek(fd, 0, SEEK_CUR), length);
    if (now) { if (mode_is("torn")) real_write(fd, data, length / 2); die(); }
    ssize_t done = real_write(fd, data, length);
    pthread_mutex_unlock(&gate);
    return done;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off_t offset) {
    if (!fd_counts(fd)) return real_pwrite(fd, data, length, offset);
    pthread_mutex_lock(&gate);
    int now = reached("pwrite");
    remember(fd, offset, length);
    if (now) { if (mode_is("torn")) real_pwrite(fd, data, length / 2, offset); die(); }
    ssize_t done = real_pwrite(fd, data, length, offset);
    pthread_mutex_unlock(&gate);
    return done;
}
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return pwrite64(fd, data, length, offset); }

static int synced(int fd, const char *name, int (*real)(int)) {
    if (!fd_counts(fd)) return real(fd);
    pthread_mutex_lock(&gate);
    if (reached(name)) { if (mode_is("torn")) real(fd); die(); }
    int done = real(fd);
    if (!done) forget(fd);
    pthread_mutex_unlock(&gate);
    return done;
}
int fsync(int fd) { return synced(fd, "fsync", real_fsync); }
int fdatasync(int fd) { return synced(fd, "fdatasync", real_fdatasync); }

int ftruncate64(int fd, off_t size) {
    struct stat state;
    if (!fd_counts(fd)) return real_ftruncate(fd, size);
    pthread_mutex_lock(&gate);
    int now = reached("ftruncate");
    if (!fstat(fd, &state)) remember(fd, size, state.st_size > size ? (size_t)(state.st_size - size) : 0);
    if (now) { if (mode_is("torn")) real_ftruncate(fd, size); die(); }
    int done = real_ftruncate(fd, size);
    pthread_mutex_unlock(&gate);
    return done;
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int rename(const char *from, const char *to) {
    if (!path_counts(from) && !path_counts(to)) return real_rename(from, to);
    pthread_mutex_lock(&gate);
    int now = reached("rename");
    if (now) { if (mode_is("torn")) real_rename(from, to); die(); }
    remember_name(NAME_MOVED, from, to);
    int done = real_rename(from, to);
    pthread_mutex_unlock(&gate);
    return done;
}

int unlink(const char *path) {
    if (!path_counts(path)) return real_unlink(path);
    pthread_mutex_lock(&gate);
    if (reached("unlink")) { if (mode_is("torn")) real_unlink(path); die(); }
    remember_name(NAME_GONE, path, 0);
    int done = real_unlink(path);
    pthread_mutex_unlock(&gate);
    return done;
}
