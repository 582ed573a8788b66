// The Gemini of the bench: one thread, one epoll, replies built beforehand, so that what it costs itself is small
// and the same for everyone who is measured against it.
//
//   upstream PORT
//   GET /bench/shape?latency_us=&pace_us=&events=&text_bytes=&output_bytes=   changes the replies, clears the counts
//   GET /bench/stats                                                          the counts, as JSON
#define _GNU_SOURCE
#include "answers.h"
#include "replies.h"
#include "sockets.h"
#include "timers.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH 64         // events handed to the kernel at once when a stream isn't paced
#define ROOM (64 * 1024) // read at once

struct connection {
    int fd;
    struct buffer in, out;
    size_t sent; // of out
    enum answer answer;
    size_t batch;     // vectors asked for
    long events_left; // of the stream being sent
    uint64_t due;     // of its next event
    uint64_t generation;
    bool busy, counted, begun, wants_writable;
    struct connection *next_free;
};

static struct shape shape = {.events = 50, .text_bytes = 120, .output_bytes = 900};
static struct replies replies;
static struct connection *free_connections;
static int epoll;
static uint64_t generations;
static struct {
    uint64_t requests, connections, active, max_active, events, bytes, aborts, bad, last_abort_us;
} stats;

static void drop(struct connection *c)
{
    if (c->busy && c->counted) {
        stats.aborts++;
        stats.active--;
        stats.last_abort_us = now_us();
    }
    close(c->fd);
    buffer_free(&c->in);
    buffer_free(&c->out);
    *c = (struct connection){.fd = -1, .generation = ++generations, .next_free = free_connections};
    free_connections = c;
}

static void want_writable(struct connection *c, bool wanted)
{
    if (c->wants_writable != wanted)
        watch(epoll, c->fd, c, EPOLL_CTL_MOD, wanted);
    c->wants_writable = wanted;
}

// True once the kernel has taken everything; false when it is full, or the other side is gone.
static bool flush(struct connection *c)
{
    while (c->sent < c->out.length) {
        ssize_t taken = send(c->fd, c->out.data + c->sent, c->out.length - c->sent, MSG_NOSIGNAL);
        if (taken < 0 && errno == EINTR)
            continue;
        if (taken < 0 && errno == EAGAIN)
            want_writable(c, true);
        else if (taken < 0)
            drop(c);
        if (taken < 0)
            return false;
        c->sent += (size_t)taken;
        stats.bytes += c->counted ? (uint64_t)taken : 0;
    }
    want_writable(c, false);
    c->out.length = c->sent = 0;
    return true;
}

static void finish(struct connection *c)
{
    stats.active -= c->counted;
    c->busy = false;
}

static void add_events(struct connection *c, long count)
{
    for (; count > 0 && c->events_left > 0; count--) {
        add_event(&c->out, &replies, --c->events_left == 0);
        stats.events++;
    }
}

// Sends as much as may be sent now, and sees to it that the rest will be.
static void push(struct connection *c)
{
    while (flush(c)) {
        if (c->events_left == 0) {
            finish(c);
            return;
        }
        if (shape.pace_us > 0) {
            timer_set(c->due, c, c->generation);
            return;
        }
        add_events(c, BATCH);
    }
}

static void begin_stream(struct connection *c)
{
    buffer_add(&c->out, replies.stream_head.data, replies.stream_head.length);
    c->events_left = shape.events;
    c->due = now_us() + (uint64_t)shape.pace_us;
    add_events(c, shape.pace_us > 0 ? 1 : BATCH);
}

static void add_stats(struct buffer *out)
{
    struct buffer body = {0};
    buffer_print(&body,
                 "{\"requests\": %lu, \"connections\": %lu, \"active\": %lu, \"max_active\": %lu, \"events\": %lu, "
                 "\"bytes\": %lu, \"aborts\": %lu, \"bad\": %lu, \"last_abort_us\": %lu}\n",
                 stats.requests, stats.connections, stats.active, stats.max_active, stats.events, stats.bytes,
                 stats.aborts, stats.bad, stats.last_abort_us);
    add_json_reply(out, "200 OK", &body);
    buffer_free(&body);
}

static const struct buffer *prebuilt(enum answer answer)
{
    switch (answer) {
    case GENERATE: return &replies.generate;
    case EMBED: return &replies.embed;
    case MODELS: return &replies.models;
    case MODEL: return &replies.model;
    case LENGTH_REQUIRED: return &replies.length_required;
    default: return &replies.not_found;
    }
}

static void begin(struct connection *c)
{
    c->begun = true;
    if (c->answer == STREAM) {
        begin_stream(c);
    } else if (c->answer == EMBED_BATCH) {
        add_batch_embeddings(&c->out, c->batch);
    } else if (c->answer == STATS || c->answer == SHAPE) {
        add_stats(&c->out);
    } else {
        const struct buffer *reply = prebuilt(c->answer);
        buffer_add(&c->out, reply->data, reply->length);
    }
    push(c);
}

static void reshape(struct span target)
{
    shape.latency_us = query_number(target, "latency_us", shape.latency_us);
    shape.pace_us = query_number(target, "pace_us", shape.pace_us);
    shape.events = query_number(target, "events", shape.events);
    shape.text_bytes = query_number(target, "text_bytes", shape.text_bytes);
    shape.output_bytes = query_number(target, "output_bytes", shape.output_bytes);
    if (shape.events < 1)
        shape.events = 1;
    build_replies(&replies, &shape);
    uint64_t active = stats.active;
    memset(&stats, 0, sizeof stats);
    stats.active = stats.max_active = active;
}

static void take_up(struct connection *c, const struct request *request)
{
    c->answer = choose_answer(request);
    c->batch = c->answer == EMBED_BATCH ? count_contents(request->body) : 0;
    c->counted = c->answer != STATS && c->answer != SHAPE;
    c->busy = true;
    c->begun = false;
    if (c->answer == SHAPE)
        reshape(request->target);
    if (c->counted) {
        stats.requests++;
        stats.bad += is_bad(request, c->answer);
        if (++stats.active > stats.max_active)
            stats.max_active = stats.active;
    }
}

static void serve(struct connection *c)
{
    while (c->fd >= 0 && !c->busy) {
        struct request request;
        enum parsed parsed = parse_request(c->in.data, c->in.length, &request);
        if (parsed == MALFORMED)
            drop(c);
        if (parsed != COMPLETE)
            return;
        take_up(c, &request);
        buffer_drop_front(&c->in, request.length);
        if (c->counted && shape.latency_us > 0)
            timer_set(now_us() + (uint64_t)shape.latency_us, c, c->generation);
        else
            begin(c);
    }
}

static void on_readable(struct connection *c)
{
    buffer_reserve(&c->in, ROOM);
    ssize_t got = recv(c->fd, c->in.data + c->in.length, ROOM, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        drop(c);
        return;
    }
    c->in.length += (size_t)got;
    serve(c);
}

static void on_timer(struct connection *c)
{
    if (!c->begun) {
        begin(c);
    } else {
        uint64_t now = now_us();
        c->due += (uint64_t)shape.pace_us;
        if (c->due < now)
            c->due = now; // late: don't make up for it with a clump
        add_events(c, 1);
        push(c);
    }
    serve(c);
}

static void accept_all(int listener)
{
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
        send_at_once(fd);
        struct connection *c = free_connections;
        if (c)
            free_connections = c->next_free;
        else if (!(c = malloc(sizeof *c)))
            die("malloc");
        *c = (struct connection){.fd = fd, .generation = ++generations};
        stats.connections++;
        watch(epoll, fd, c, EPOLL_CTL_ADD, false);
    }
}

static void handle(const struct epoll_event *event, int listener)
{
    struct connection *c = event->data.ptr;
    if (!c) {
        accept_all(listener);
        return;
    }
    if (c->fd >= 0 && event->events & EPOLLOUT) {
        push(c);
        serve(c);
    }
    if (c->fd >= 0 && event->events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        on_readable(c);
}

int main(int count, char **arguments)
{
    if (count != 2) {
        fprintf(stderr, "upstream PORT\n");
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGTERM); // never outlives the bench
    build_replies(&replies, &shape);
    epoll = epoll_create1(0);
    int listener = listen_on(atoi(arguments[1]));
    watch(epoll, listener, NULL, EPOLL_CTL_ADD, false);

    struct epoll_event events[256];
    for (;;) {
        int ready = wait_until(epoll, events, 256, timer_next());
        for (int i = 0; i < ready; i++)
            handle(&events[i], listener);
        struct timer timer;
        for (uint64_t now = now_us(); timer_take(now, &timer);) {
            struct connection *c = timer.owner;
            if (c->generation == timer.generation)
                on_timer(c);
        }
    }
}
