// An incremental reader of one HTTP/1.1 reply; the body is handed on decoded, as it arrives.
#ifndef BENCH_REPLY_H
#define BENCH_REPLY_H

#include <stdbool.h>
#include <stddef.h>

enum stage { IN_HEAD, IN_SIZED_BODY, IN_OPEN_BODY, IN_CHUNK_SIZE, IN_CHUNK, AFTER_CHUNK, IN_TRAILER, DONE, BROKEN };

struct reply {
    enum stage stage;
    int status;
    bool keep_alive;
    size_t remaining;   // of a sized body or of a chunk
    size_t line_length; // of the trailer line being read
    size_t head_length;
    char head[4096];
};

typedef void body_sink(void *owner, const char *data, size_t length);

void reply_reset(struct reply *reply);
void reply_feed(struct reply *reply, const char *data, size_t length, body_sink *sink, void *owner);
void reply_closed(struct reply *reply); // the other side closed the connection

#endif
