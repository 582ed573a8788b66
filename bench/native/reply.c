#define _GNU_SOURCE
#include "reply.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void reply_reset(struct reply *reply)
{
    reply->stage = IN_HEAD;
    reply->status = 0;
    reply->remaining = reply->line_length = reply->head_length = 0;
}

static const char *header(const struct reply *reply, const char *name)
{
    const char *found = strcasestr(reply->head, name);
    return found ? found + strlen(name) : NULL;
}

static void understand_head(struct reply *reply)
{
    const char *length = header(reply, "\ncontent-length:");
    const char *coding = header(reply, "\ntransfer-encoding:");
    reply->status = atoi(reply->head + sizeof "HTTP/1.1");
    reply->keep_alive = !header(reply, "\nconnection: close");
    reply->remaining = length ? strtoul(length, NULL, 10) : 0;
    if (coding && strcasestr(coding, "chunked"))
        reply->stage = IN_CHUNK_SIZE;
    else if (length)
        reply->stage = reply->remaining ? IN_SIZED_BODY : DONE;
    else
        reply->stage = IN_OPEN_BODY;
}

static size_t read_head(struct reply *reply, const char *data, size_t length)
{
    size_t before = reply->head_length;
    size_t room = sizeof reply->head - 1 - before;
    size_t taken = length < room ? length : room;
    memcpy(reply->head + before, data, taken);
    reply->head_length += taken;
    char *end = memmem(reply->head, reply->head_length, "\r\n\r\n", 4);
    if (!end) {
        if (taken == room)
            reply->stage = BROKEN;
        return taken;
    }
    reply->head_length = (size_t)(end - reply->head) + 4;
    reply->head[reply->head_length] = 0;
    understand_head(reply);
    return reply->head_length - before;
}

static size_t read_chunk_size(struct reply *reply, char byte)
{
    if (isxdigit((unsigned char)byte))
        reply->remaining = reply->remaining * 16 + (size_t)(byte <= '9' ? byte - '0' : (byte | 32) - 'a' + 10);
    else if (byte == '\n')
        reply->stage = reply->remaining ? IN_CHUNK : IN_TRAILER;
    else if (byte != '\r')
        reply->stage = BROKEN; // nobody we measure sends chunk extensions
    return 1;
}

static size_t read_trailer(struct reply *reply, char byte)
{
    if (byte == '\n' && reply->line_length == 0)
        reply->stage = DONE;
    else if (byte != '\r')
        reply->line_length = byte == '\n' ? 0 : reply->line_length + 1;
    return 1;
}

static size_t read_body(struct reply *reply, size_t length)
{
    if (reply->stage == IN_OPEN_BODY)
        return length;
    size_t taken = length < reply->remaining ? length : reply->remaining;
    reply->remaining -= taken;
    if (reply->remaining == 0)
        reply->stage = reply->stage == IN_CHUNK ? AFTER_CHUNK : DONE;
    return taken;
}

static size_t step(struct reply *reply, const char *data, size_t length, body_sink *sink, void *owner)
{
    switch (reply->stage) {
    case IN_HEAD:
        return read_head(reply, data, length);
    case IN_CHUNK_SIZE:
        return read_chunk_size(reply, *data);
    case IN_TRAILER:
        return read_trailer(reply, *data);
    case AFTER_CHUNK:
        if (*data == '\n')
            reply->stage = IN_CHUNK_SIZE;
        return 1;
    case DONE: // bytes that nobody asked for
        reply->stage = BROKEN;
        return length;
    default: {
        size_t taken = read_body(reply, length);
        sink(owner, data, taken);
        return taken;
    }
    }
}

void reply_feed(struct reply *reply, const char *data, size_t length, body_sink *sink, void *owner)
{
    while (length > 0 && reply->stage != BROKEN) {
        size_t taken = step(reply, data, length, sink, owner);
        data += taken;
        length -= taken;
    }
}

void reply_closed(struct reply *reply)
{
    reply->keep_alive = false;
    if (reply->stage != DONE)
        reply->stage = reply->stage == IN_OPEN_BODY ? DONE : BROKEN;
}
