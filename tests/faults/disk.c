/* A disk with faults, for a program that loads this first. DISK_FAULT names a file: "slow 400" lets each waiting for the disk take
   400 ms longer, "error 30" lets each writing below the folder of DISK_FOLDER fail with that number; without the file all is well. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fault(const char *wanted) {
    const char *name = getenv("DISK_FAULT");
    char text[64] = "", kind[16] = "";
    int number = 0, kept = errno;
    int file = name ? (int)syscall(SYS_openat, AT_FDCWD, name, O_RDONLY, 0) : -1;
    if (file >= 0) {
        if (syscall(SYS_read, file, text, sizeof text - 1) > 0) sscanf(text, "%15s %d", kind, &number);
        syscall(SYS_close, file);
    }
    errno = kept;
    return strcmp(kind, wanted) ? 0 : number;
}

static int ours(const char *path) {
    const char *folder = getenv("DISK_FOLDER");
    return folder && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_ours(int file) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return ours(path);
}

static int fails(int file) {
    int number = fault("error");
    if (number && is_ours(file)) { errno = number; return 1; }
    return 0;
}

#define NEXT(type, name, ...) ((type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))

int fdatasync(int file) { usleep(1000 * fault("slow")); return NEXT(int, "fdatasync", int)(file); }
int fsync(int file) { usleep(1000 * fault("slow")); return NEXT(int, "fsync", int)(file); }
ssize_t pwrite64(int file, const void *data, size_t size, off64_t place) {
    return fails(file) ? -1 : NEXT(ssize_t, "pwrite64", int, const void *, size_t, off64_t)(file, data, size, place);
}
ssize_t write(int file, const void *data, size_t size) {
    return fails(file) ? -1 : NEXT(ssize_t, "write", int, const void *, size_t)(file, data, size);
}
int ftruncate64(int file, off64_t size) { return fails(file) ? -1 : NEXT(int, "ftruncate64", int, off64_t)(file, size); }
int open64(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    int mode = va_arg(list, int), number = (flags & O_ACCMODE) != O_RDONLY && ours(path) ? fault("error") : 0;
    va_end(list);
    if (number) { errno = number; return -1; }
    return NEXT(int, "open64", const char *, int, ...)(path, flags, mode);
}
