/*
 * The raw limits: what a log of plain frames (crc32c, length, key, value) costs in C, with nothing around it.
 *
 *   raw-limit WORK DIRECTORY KEY_BYTES VALUE_BYTES RECORDS BATCH SECONDS
 *
 * Prints one number: how often per second, or for `recover` how many milliseconds. Exits with 1 if the system refuses.
 *
 *   append   frames BATCH records, writes them with one write(2); records per second
 *   durable  the same, with fdatasync(2) after each write, into space that was written before; records per second
 *   scan     reads RECORDS records in order and checks each frame; records per second
 *   lookup   reads records at random, one pread(2) each, and checks them; records per second
 *   recover  reads and checks RECORDS records once; milliseconds
 *   write    one write(2) of 1 MiB after the other; bytes per second
 *   sync     fdatasync(2) of one record in space that was written before; syncs per second
 *   copy     memcpy of 64 MiB; bytes per second
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { HEADER = 8, CHUNK = 1 << 20, RING = 8 << 20, MEMORY = 64 << 20 };

static size_t key_bytes, value_bytes, records, batch;
static double seconds;
static int file;
static unsigned char *buffer;
static unsigned long sink;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static void check(int good) {
  if (good) return;
  perror("raw-limit");
  exit(1);
}

#if defined(__SSE4_2__)
#define CRC64(crc, word) __builtin_ia32_crc32di(crc, word)
#define CRC8(crc, byte) __builtin_ia32_crc32qi(crc, byte)
#elif defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#define CRC64(crc, word) __crc32cd(crc, word)
#define CRC8(crc, byte) __crc32cb(crc, byte)
#else
#error "the limit needs the processor's crc32c"
#endif

static uint32_t crc32c(const unsigned char *bytes, size_t length) {
  uint64_t crc = 0xffffffff, word;
  for (; length >= 8; length -= 8, bytes += 8) {
    memcpy(&word, bytes, 8);
    crc = CRC64(crc, word);
  }
  while (length-- > 0) crc = CRC8((uint32_t)crc, *bytes++);
  return ~(uint32_t)crc;
}

static size_t frame_bytes(void) { return HEADER + key_bytes + value_bytes; }

static void *reserved(size_t bytes) {
  void *memory = malloc(bytes);
  check(memory != NULL);
  memset(memory, 'x', bytes);
  return memory;
}

/* Frames `count` records of `source` into the buffer. */
static size_t encode(const unsigned char *source, size_t count) {
  uint32_t length = (uint32_t)(key_bytes + value_bytes);
  unsigned char *at = buffer;
  for (size_t i = 0; i < count; i++, source += length, at += HEADER + length) {
    memcpy(at + 4, &length, 4);
    memcpy(at + HEADER, source, key_bytes);
    memcpy(at + HEADER + key_bytes, source + key_bytes, value_bytes);
    uint32_t crc = crc32c(at + 4, 4 + length);
    memcpy(at, &crc, 4);
  }
  return (size_t)(at - buffer);
}

static int verified(const unsigned char *frame) {
  uint32_t crc, length;
  memcpy(&crc, frame, 4);
  memcpy(&length, frame + 4, 4);
  sink += frame[HEADER + key_bytes];
  return length + HEADER == frame_bytes() && crc == crc32c(frame + 4, 4 + length);
}

static void fill(void) {
  unsigned char *source = reserved(batch * (key_bytes + value_bytes));
  for (size_t left = records; left > 0;) {
    size_t count = left < batch ? left : batch;
    size_t bytes = encode(source, count);
    check(write(file, buffer, bytes) == (ssize_t)bytes);
    left -= count;
  }
  free(source);
}

static void scan(void) {
  size_t step = frame_bytes() > CHUNK ? frame_bytes() : CHUNK / frame_bytes() * frame_bytes();
  off_t end = (off_t)(records * frame_bytes());
  for (off_t position = 0; position < end; position += (off_t)step) {
    ssize_t bytes = pread(file, buffer, step, position);
    check(bytes > 0);
    for (size_t at = 0; at < (size_t)bytes; at += frame_bytes()) check(verified(buffer + at));
  }
}

static double append(int durable) {
  unsigned char *source = reserved(batch * (key_bytes + value_bytes));
  size_t bytes = batch * frame_bytes();
  if (durable) {
    unsigned char *zeros = calloc(1, RING);
    check(zeros != NULL && write(file, zeros, RING) == RING && fdatasync(file) == 0);
    free(zeros);
  }
  off_t position = 0;
  unsigned long done = 0;
  double start = now();
  for (; now() - start < seconds; done++) {
    encode(source, batch);
    if (durable) {
      if (position + (off_t)bytes > RING) position = 0;
      check(pwrite(file, buffer, bytes, position) == (ssize_t)bytes && fdatasync(file) == 0);
      position += (off_t)bytes;
    } else {
      check(write(file, buffer, bytes) == (ssize_t)bytes);
    }
  }
  return done * batch / (now() - start);
}

static double scans(void) {
  fill();
  unsigned long done = 0;
  double start = now();
  for (; now() - start < seconds; done++) scan();
  return done * records / (now() - start);
}

static double lookups(void) {
  fill();
  unsigned long done = 0;
  uint32_t state = 7;
  double start = now();
  for (; (done & 255) != 0 || now() - start < seconds; done++) {
    state ^= state << 13, state ^= state >> 17, state ^= state << 5;
    off_t position = (off_t)(state % records * frame_bytes());
    check(pread(file, buffer, frame_bytes(), position) == (ssize_t)frame_bytes() && verified(buffer));
  }
  return done / (now() - start);
}

static double recovery(void) {
  fill();
  double start = now();
  scan();
  return (now() - start) * 1e3;
}

static double writes(void) {
  unsigned long done = 0;
  double start = now();
  for (; now() - start < seconds; done++) check(write(file, buffer, CHUNK) == CHUNK);
  return done * (double)CHUNK / (now() - start);
}

static double copies(void) {
  unsigned char *source = reserved(MEMORY), *target = reserved(MEMORY);
  unsigned long done = 0;
  double start = now();
  for (; now() - start < seconds; done++) {
    source[done % MEMORY]++;
    memcpy(target, source, MEMORY);
    sink += target[done % MEMORY];
  }
  return done * (double)MEMORY / (now() - start);
}

static double measured(const char *work) {
  if (strcmp(work, "append") == 0) return append(0);
  if (strcmp(work, "durable") == 0) return append(1);
  if (strcmp(work, "scan") == 0) return scans();
  if (strcmp(work, "lookup") == 0) return lookups();
  if (strcmp(work, "recover") == 0) return recovery();
  if (strcmp(work, "write") == 0) return writes();
  if (strcmp(work, "sync") == 0) return append(1);
  if (strcmp(work, "copy") == 0) return copies();
  fprintf(stderr, "raw-limit: there is no work '%s'\n", work);
  exit(2);
}

int main(int count, char **words) {
  if (count != 8) return 2;
  char path[4096];
  snprintf(path, sizeof path, "%s/raw-limit.data", words[2]);
  key_bytes = strtoul(words[3], NULL, 10);
  value_bytes = strtoul(words[4], NULL, 10);
  records = strtoul(words[5], NULL, 10);
  batch = strtoul(words[6], NULL, 10);
  seconds = strtod(words[7], NULL);
  size_t most = batch * frame_bytes() > CHUNK ? batch * frame_bytes() : CHUNK;
  buffer = reserved(most);
  file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  check(file >= 0);
  double value = measured(words[1]);
  check(close(file) == 0 && unlink(path) == 0);
  printf("%.6g\n", value);
  fprintf(stderr, "%lu\n", sink);
  return 0;
}
