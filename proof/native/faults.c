/*
 * Counts the system calls of a process that change something below one directory, and at the call of a given number kills
 * the process before it, or makes it fail. Loaded by LD_PRELOAD. All threads share one count.
 *
 *   SEGLOG_FAULT_ROOT  the directory
 *   SEGLOG_FAULT_AT    number of the call, from 1; 0 counts only
 *   SEGLOG_FAULT_DO    kill | torn (half a write, then kill) | short (half a write) | the number of an errno
 *   SEGLOG_FAULT_EVER  1: every call from that one on fails
 *   SEGLOG_FAULT_LOG   a file that gets one line for each call: number, call, path
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_DESCRIPTORS 65536
#define MOST_CHUNKS 1024

enum effect { PASS, KILL, TORN, SHORT, FAIL };

static char *paths[MOST_DESCRIPTORS];
static atomic_int calls;
static const char *root;
static size_t root_length;
static int at, ever, failure, log_descriptor = -1;
static enum effect effect = PASS;

static int (*real_open)(const char *, int, ...);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static ssize_t (*real_pwritev)(int, const struct iovec *, int, off64_t);
static int (*real_close)(int), (*real_fsync)(int), (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off64_t);
static int (*real_mkdir)(const char *, mode_t), (*real_unlink)(const char *), (*real_rmdir)(const char *);
static int (*real_rename)(const char *, const char *);

__attribute__((constructor)) static void prepare(void) {
  real_open = dlsym(RTLD_NEXT, "open64");
  real_write = dlsym(RTLD_NEXT, "write");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  real_pwritev = dlsym(RTLD_NEXT, "pwritev64");
  real_close = dlsym(RTLD_NEXT, "close");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
  real_mkdir = dlsym(RTLD_NEXT, "mkdir");
  real_unlink = dlsym(RTLD_NEXT, "unlink");
  real_rmdir = dlsym(RTLD_NEXT, "rmdir");
  real_rename = dlsym(RTLD_NEXT, "rename");
  root = getenv("SEGLOG_FAULT_ROOT");
  root_length = root ? strlen(root) : 0;
  const char *number = getenv("SEGLOG_FAULT_AT"), *what = getenv("SEGLOG_FAULT_DO");
  const char *log_path = getenv("SEGLOG_FAULT_LOG"), *lasting = getenv("SEGLOG_FAULT_EVER");
  at = number ? atoi(number) : 0;
  ever = lasting && lasting[0] == '1';
  if (what && strcmp(what, "kill") == 0) effect = KILL;
  else if (what && strcmp(what, "torn") == 0) effect = TORN;
  else if (what && strcmp(what, "short") == 0) effect = SHORT;
  else if (what && (failure = atoi(what)) > 0) effect = FAIL;
  if (log_path) log_descriptor = real_open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int below(const char *path) {
  return root && path && strncmp(path, root, root_length) == 0 &&
         (path[root_length] == '/' || path[root_length] == 0);
}

/* A descriptor that was closed in another way than by close() may belong to something else by now: the kernel knows. */
static const char *path_of(int descriptor) {
  if (descriptor < 0 || descriptor >= MOST_DESCRIPTORS || !paths[descriptor]) return NULL;
  char link[64], target[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, target, sizeof target - 1);
  if (length < 0) return NULL;
  target[length] = 0;
  return below(target) ? paths[descriptor] : NULL;
}

/* What becomes of the next call. Kills here if that is what is wanted. */
static enum effect next_call(const char *name, const char *path) {
  int number = atomic_fetch_add(&calls, 1) + 1;
  if (log_descriptor >= 0) {
    char line[1024];
    int length = snprintf(line, sizeof line, "%d %s %s\n", number, name, path + root_length);
    if (length > 0) (void)!real_write(log_descriptor, line, (size_t)length);
  }
  if (at == 0 || number < at || (number > at && !ever)) return PASS;
  if (effect == KILL) raise(SIGKILL);
  return effect;
}

/* For calls that can only happen or fail. */
static int fails(const char *name, const char *path) {
  switch (next_call(name, path)) {
    case FAIL:
      errno = failure;
      return 1;
    case TORN:
      raise(SIGKILL);
      return 1;
    default:
      return 0;
  }
}

static int open_any(const char *path, int flags, mode_t mode) {
  int ours = below(path);
  if (ours && (flags & O_CREAT) && fails("open", path)) return -1;
  int descriptor = real_open(path, flags, mode);
  if (ours && descriptor >= 0 && descriptor < MOST_DESCRIPTORS) paths[descriptor] = strdup(path);
  return descriptor;
}

#define MODE_OF(flags)                                                                                            \
  mode_t mode = 0;                                                                                                \
  if ((flags) & O_CREAT) {                                                                                        \
    va_list more;                                                                                                 \
    va_start(more, flags);                                                                                        \
    mode = (mode_t)va_arg(more, int);                                                                             \
    va_end(more);                                                                                                 \
  }

int open64(const char *path, int flags, ...) {
  MODE_OF(flags)
  return open_any(path, flags, mode);
}

int open(const char *path, int flags, ...) {
  MODE_OF(flags)
  return open_any(path, flags, mode);
}

int close(int descriptor) {
  if (path_of(descriptor)) {
    free(paths[descriptor]);
    paths[descriptor] = NULL;
  }
  return real_close(descriptor);
}

/* How many of the bytes are written; -1 fails, -2 dies after them. */
static ssize_t share_of(size_t bytes, const char *name, const char *path, int *dies) {
  *dies = 0;
  switch (next_call(name, path)) {
    case FAIL:
      errno = failure;
      return -1;
    case TORN:
      *dies = 1;
      return (ssize_t)(bytes / 2);
    case SHORT:
      return bytes > 1 ? (ssize_t)(bytes / 2) : (ssize_t)bytes;
    default:
      return (ssize_t)bytes;
  }
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t position) {
  const char *path = path_of(descriptor);
  if (!path) return real_pwrite(descriptor, bytes, length, position);
  int dies;
  ssize_t share = share_of(length, "pwrite", path, &dies);
  if (share < 0) return -1;
  ssize_t written = real_pwrite(descriptor, bytes, (size_t)share, position);
  if (dies) raise(SIGKILL);
  return written;
}

ssize_t pwritev64(int descriptor, const struct iovec *chunks, int count, off64_t position) {
  const char *path = path_of(descriptor);
  if (!path || count > MOST_CHUNKS) return real_pwritev(descriptor, chunks, count, position);
  size_t length = 0;
  for (int i = 0; i < count; i++) length += chunks[i].iov_len;
  int dies, kept = 0;
  ssize_t share = share_of(length, "pwritev", path, &dies);
  if (share < 0) return -1;
  struct iovec part[MOST_CHUNKS];
  for (size_t left = (size_t)share; kept < count && (left > 0 || kept == 0); kept++) {
    part[kept] = chunks[kept];
    if (part[kept].iov_len > left) part[kept].iov_len = left;
    left -= part[kept].iov_len;
  }
  ssize_t written = real_pwritev(descriptor, part, kept, position);
  if (dies) raise(SIGKILL);
  return written;
}

ssize_t write(int descriptor, const void *bytes, size_t length) {
  const char *path = path_of(descriptor);
  if (!path) return real_write(descriptor, bytes, length);
  int dies;
  ssize_t share = share_of(length, "write", path, &dies);
  if (share < 0) return -1;
  ssize_t written = real_write(descriptor, bytes, (size_t)share);
  if (dies) raise(SIGKILL);
  return written;
}

int fsync(int descriptor) {
  const char *path = path_of(descriptor);
  return path && fails("fsync", path) ? -1 : real_fsync(descriptor);
}

int fdatasync(int descriptor) {
  const char *path = path_of(descriptor);
  return path && fails("fdatasync", path) ? -1 : real_fdatasync(descriptor);
}

int ftruncate64(int descriptor, off64_t length) {
  const char *path = path_of(descriptor);
  return path && fails("ftruncate", path) ? -1 : real_ftruncate(descriptor, length);
}

int mkdir(const char *path, mode_t mode) {
  return below(path) && fails("mkdir", path) ? -1 : real_mkdir(path, mode);
}

int unlink(const char *path) {
  return below(path) && fails("unlink", path) ? -1 : real_unlink(path);
}

int rmdir(const char *path) {
  return below(path) && fails("rmdir", path) ? -1 : real_rmdir(path);
}

int rename(const char *source, const char *target) {
  return below(target) && fails("rename", target) ? -1 : real_rename(source, target);
}
