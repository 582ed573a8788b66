// What both programs of the bench need: a growing buffer, one clock, precise waiting.
#ifndef BENCH_COMMON_H
#define BENCH_COMMON_H

#include <stddef.h>
#include <stdint.h>

struct buffer {
    char *data;
    size_t length, capacity;
};

void buffer_reserve(struct buffer *buffer, size_t more);
void buffer_add(struct buffer *buffer, const void *data, size_t length);
void buffer_print(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buffer_drop_front(struct buffer *buffer, size_t length);
void buffer_free(struct buffer *buffer);

// A text event carries one of these, stamped with the moment it was made: "[evt:0000000123456789]".
// Both programs read the same monotonic clock, so the difference is the delay of that event.
#define STAMP_OPEN "[evt:"
#define STAMP_DIGITS 16
#define STAMP_LENGTH (sizeof STAMP_OPEN - 1 + STAMP_DIGITS + 1)

// Stands once in the text of every reply that is not a stream; the load generator is told to look for it.
#define REPLY_MARKER "bench-reply-ok"

#define READ_SIZE (256 * 1024) // the most that the load generator reads at once

#define NEVER UINT64_MAX

uint64_t now_us(void);
_Noreturn void die(const char *what);

#endif
