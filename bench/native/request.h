// The little of HTTP/1.1 that the upstream reads: a head, a Content-Length, a body.
#ifndef BENCH_REQUEST_H
#define BENCH_REQUEST_H

#include "common.h"

#include <stdbool.h>

struct span {
    const char *start;
    size_t length;
};

struct request {
    struct span method, target, head, body;
    size_t length; // bytes of the connection it takes up
    bool chunked;  // has no Content-Length, so its end isn't known to us
};

enum parsed { COMPLETE, INCOMPLETE, MALFORMED };

enum parsed parse_request(const char *data, size_t length, struct request *request);
bool span_has(struct span span, const char *text);
bool find_header(struct span head, const char *name, struct span *value);
long query_number(struct span target, const char *name, long otherwise);

#endif
