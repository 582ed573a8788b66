#define _GNU_SOURCE
#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool span_has(struct span span, const char *text)
{
    return memmem(span.start, span.length, text, strlen(text)) != NULL;
}

bool find_header(struct span head, const char *name, struct span *value)
{
    size_t name_length = strlen(name);
    const char *end = head.start + head.length;
    const char *line = memchr(head.start, '\n', head.length); // the first line is the request's own
    while (line && ++line < end) {
        const char *next = memchr(line, '\n', (size_t)(end - line));
        if (!next)
            return false;
        if ((size_t)(next - line) > name_length && line[name_length] == ':' && !strncasecmp(line, name, name_length)) {
            *value = (struct span){line + name_length + 1, (size_t)(next - line) - name_length - 1};
            return true;
        }
        line = next;
    }
    return false;
}

static bool split_first_line(struct request *request)
{
    const char *start = request->head.start;
    const char *end = memchr(start, '\r', request->head.length);
    const char *target = end ? memchr(start, ' ', (size_t)(end - start)) : NULL;
    const char *version = target ? memchr(target + 1, ' ', (size_t)(end - target - 1)) : NULL;
    if (!version)
        return false;
    request->method = (struct span){start, (size_t)(target - start)};
    request->target = (struct span){target + 1, (size_t)(version - target - 1)};
    return true;
}

enum parsed parse_request(const char *data, size_t length, struct request *request)
{
    const char *head_end = length ? memmem(data, length, "\r\n\r\n", 4) : NULL;
    if (!head_end)
        return INCOMPLETE;
    size_t head_length = (size_t)(head_end - data) + 4;
    *request = (struct request){.head = {data, head_length}};
    if (!split_first_line(request))
        return MALFORMED;

    struct span value;
    size_t body_length = find_header(request->head, "content-length", &value) ? strtoul(value.start, NULL, 10) : 0;
    request->chunked = find_header(request->head, "transfer-encoding", &value);
    request->body = (struct span){data + head_length, body_length};
    request->length = head_length + body_length;
    return length >= request->length ? COMPLETE : INCOMPLETE;
}

long query_number(struct span target, const char *name, long otherwise)
{
    char pattern[64];
    int length = snprintf(pattern, sizeof pattern, "%s=", name);
    const char *found = memmem(target.start, target.length, pattern, (size_t)length);
    return found ? strtol(found + length, NULL, 10) : otherwise;
}
