// The command line of the load generator.
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include "common.h"

#define MAX_MARKERS 4
#define MAX_MARKER 48 // bytes: so that one never spans more than two reads' carry-over

struct options {
    int port, connections, receive_buffer, markers;
    long requests, events, leave_after, read_size, read_pause_us;
    double seconds, rate, grace;
    const char *path, *body_file;
    const char *marker[MAX_MARKERS];
    struct buffer headers;
};

struct options read_options(int count, char **arguments);
struct buffer build_request(const struct options *options);

#endif
