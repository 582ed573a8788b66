#define _GNU_SOURCE
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char USAGE[] =
    "loadgen --port N --path PATH [--body FILE] [--header 'Name: value']...\n"
    "  --connections N     open at most; with no --rate each asks again as soon as it is answered\n"
    "  --rate R            instead: R requests a second, whether the earlier ones are answered or not\n"
    "  --requests N        stop asking after so many\n"
    "  --seconds S         stop asking after so long\n"
    "  --grace S           then wait for what is still running\n"
    "  --marker TEXT       must stand in every reply (up to 4)\n"
    "  --events N          every reply is a stream with exactly N stamped events\n"
    "  --leave-after BYTES close the connection once so much of a body is read\n"
    "  --receive-buffer N  SO_RCVBUF    --read-size N  at once    --read-pause US  after each read\n";

static const struct option NAMES[] = {
    {"port", required_argument, NULL, 'p'},        {"path", required_argument, NULL, 'u'},
    {"body", required_argument, NULL, 'b'},        {"header", required_argument, NULL, 'H'},
    {"connections", required_argument, NULL, 'c'}, {"rate", required_argument, NULL, 'r'},
    {"requests", required_argument, NULL, 'n'},    {"seconds", required_argument, NULL, 's'},
    {"grace", required_argument, NULL, 'g'},       {"marker", required_argument, NULL, 'm'},
    {"events", required_argument, NULL, 'e'},      {"leave-after", required_argument, NULL, 'l'},
    {"receive-buffer", required_argument, NULL, 'R'}, {"read-size", required_argument, NULL, 'S'},
    {"read-pause", required_argument, NULL, 'P'},  {NULL, 0, NULL, 0}};

static _Noreturn void refuse(void)
{
    fputs(USAGE, stderr);
    exit(2);
}

static void add_marker(struct options *options, const char *marker)
{
    if (options->markers == MAX_MARKERS || strlen(marker) > MAX_MARKER)
        refuse();
    options->marker[options->markers++] = marker;
}

static void set_option(struct options *options, int name, const char *value)
{
    switch (name) {
    case 'p': options->port = atoi(value); break;
    case 'u': options->path = value; break;
    case 'b': options->body_file = value; break;
    case 'H': buffer_print(&options->headers, "%s\r\n", value); break;
    case 'c': options->connections = atoi(value); break;
    case 'r': options->rate = atof(value); break;
    case 'n': options->requests = atol(value); break;
    case 's': options->seconds = atof(value); break;
    case 'g': options->grace = atof(value); break;
    case 'm': add_marker(options, value); break;
    case 'e': options->events = atol(value); break;
    case 'l': options->leave_after = atol(value); break;
    case 'R': options->receive_buffer = atoi(value); break;
    case 'S': options->read_size = atol(value); break;
    case 'P': options->read_pause_us = atol(value); break;
    default: refuse();
    }
}

struct options read_options(int count, char **arguments)
{
    struct options options = {
        .connections = 1, .requests = 1000000000, .seconds = 10, .grace = 15, .read_size = READ_SIZE};
    for (int name; (name = getopt_long(count, arguments, "", NAMES, NULL)) != -1;)
        set_option(&options, name, optarg);
    if (options.port <= 0 || !options.path || options.connections < 1)
        refuse();
    if (options.read_size < 1 || options.read_size > READ_SIZE)
        refuse();
    return options;
}

static struct buffer read_file(const char *path)
{
    struct buffer content = {0};
    FILE *file = fopen(path, "rb");
    if (!file)
        die(path);
    for (size_t got = 1; got > 0; content.length += got) {
        buffer_reserve(&content, 64 * 1024);
        got = fread(content.data + content.length, 1, 64 * 1024, file);
    }
    fclose(file);
    return content;
}

struct buffer build_request(const struct options *options)
{
    struct buffer request = {0}, body = {0};
    if (options->body_file)
        body = read_file(options->body_file);
    buffer_print(&request, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: */*\r\n",
                 options->body_file ? "POST" : "GET", options->path, options->port);
    if (options->headers.length)
        buffer_add(&request, options->headers.data, options->headers.length);
    if (options->body_file)
        buffer_print(&request, "Content-Type: application/json\r\nContent-Length: %zu\r\n", body.length);
    buffer_print(&request, "\r\n");
    buffer_add(&request, body.data, body.length);
    buffer_free(&body);
    return request;
}
