// The clients of the bench: one thread, one epoll. Every reply is checked; one line of JSON says what was found.
// See options.c for what can be asked for.
#define _GNU_SOURCE
#include "figures.h"
#include "options.h"
#include "reply.h"
#include "sockets.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define CARRY 63 // bytes kept of one read, so that a stamp or marker cut in two is still found

struct client {
    int fd;
    bool busy, watched_writable;
    size_t sent; // of the request
    struct reply reply;
    uint64_t asked, first_byte;
    size_t body_bytes;
    long events;
    unsigned markers_found; // one bit each
    size_t carried;
    char carry[CARRY];
    struct client *next_idle;
};

static struct options options;
static struct buffer request;
static struct client *idle;
static int epoll;
static uint64_t read_at; // when the bytes being looked at arrived

static struct {
    uint64_t started, active, done, errors, bad_status, no_match, no_event, left, connections, events, bytes;
    uint64_t last_left_us, last_done_us;
} totals;

static struct samples latency, first_byte, event_delay;

static void disconnect(struct client *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
}

static void rest(struct client *c)
{
    totals.active -= c->busy;
    c->busy = false;
    c->next_idle = idle;
    idle = c;
}

static void check_reply(const struct client *c)
{
    if (c->reply.status != 200) {
        totals.bad_status++;
        return;
    }
    totals.no_match += c->markers_found != (1u << options.markers) - 1;
    totals.no_event += c->events != options.events;
    sample(&latency, (double)(read_at - c->asked));
    if (c->first_byte)
        sample(&first_byte, (double)(c->first_byte - c->asked));
}

static void finish(struct client *c)
{
    totals.last_done_us = read_at;
    if (c->reply.stage == DONE) {
        totals.done++;
        check_reply(c);
    } else {
        totals.errors++;
    }
    if (c->reply.stage != DONE || !c->reply.keep_alive)
        disconnect(c);
    rest(c);
}

static void send_request(struct client *c)
{
    while (c->sent < request.length) {
        ssize_t taken = send(c->fd, request.data + c->sent, request.length - c->sent, MSG_NOSIGNAL);
        if (taken < 0)
            break; // full, still connecting, or gone: in each case epoll will tell
        c->sent += (size_t)taken;
    }
    bool wanted = c->sent < request.length;
    if (wanted != c->watched_writable)
        watch(epoll, c->fd, c, EPOLL_CTL_MOD, c->watched_writable = wanted);
}

static void ask(struct client *c, uint64_t due)
{
    idle = c->next_idle;
    if (c->fd < 0) {
        c->fd = connect_to(options.port, options.receive_buffer);
        c->watched_writable = false;
        totals.connections++;
        watch(epoll, c->fd, c, EPOLL_CTL_ADD, false);
    }
    c->busy = true;
    c->sent = c->body_bytes = c->carried = 0;
    c->events = 0;
    c->markers_found = 0;
    c->asked = due; // when it should have been sent: waiting for a free connection counts too
    c->first_byte = 0;
    reply_reset(&c->reply);
    totals.started++;
    totals.active++;
    send_request(c);
}

static void count_events(struct client *c, const char *text, size_t length)
{
    const char *end = text + length;
    for (const char *at = text; (at = memmem(at, (size_t)(end - at), STAMP_OPEN, sizeof STAMP_OPEN - 1)); at++) {
        // One that ends within the carried bytes was counted with the read before.
        if (at + STAMP_LENGTH > end || at + STAMP_LENGTH <= text + c->carried || at[STAMP_LENGTH - 1] != ']')
            continue;
        uint64_t made = strtoull(at + sizeof STAMP_OPEN - 1, NULL, 10);
        sample(&event_delay, (double)(read_at - made));
        c->events++;
        totals.events++;
    }
}

static void find_markers(struct client *c, const char *text, size_t length)
{
    for (int i = 0; i < options.markers; i++)
        if (!(c->markers_found & 1u << i) && memmem(text, length, options.marker[i], strlen(options.marker[i])))
            c->markers_found |= 1u << i;
}

static void look_at_body(void *owner, const char *data, size_t length)
{
    static char text[CARRY + READ_SIZE];
    struct client *c = owner;
    memcpy(text, c->carry, c->carried);
    memcpy(text + c->carried, data, length);
    size_t total = c->carried + length;
    if (options.events)
        count_events(c, text, total);
    find_markers(c, text, total);
    c->carried = total < CARRY ? total : CARRY;
    memcpy(c->carry, text + total - c->carried, c->carried);
    c->body_bytes += length;
    totals.bytes += length;
    if (!c->first_byte)
        c->first_byte = read_at;
}

static void leave(struct client *c)
{
    disconnect(c);
    totals.left++;
    totals.last_left_us = now_us();
    rest(c);
}

static void on_readable(struct client *c)
{
    static char data[READ_SIZE];
    ssize_t got = recv(c->fd, data, (size_t)options.read_size, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    read_at = now_us();
    if (!c->busy) { // closed while at rest, or talks without being asked
        disconnect(c);
        return;
    }
    if (got > 0)
        reply_feed(&c->reply, data, (size_t)got, look_at_body, c);
    else
        reply_closed(&c->reply);
    if (c->reply.stage == DONE || c->reply.stage == BROKEN)
        finish(c);
    else if (options.leave_after && c->body_bytes >= (size_t)options.leave_after)
        leave(c);
    if (options.read_pause_us > 0) // meant for a single slow reader, so the sleep holds up nobody else
        usleep((useconds_t)options.read_pause_us);
}

// Asks whatever is due; returns when to look again.
static uint64_t ask_due(uint64_t start)
{
    while (idle && totals.started < (uint64_t)options.requests) {
        uint64_t now = now_us();
        uint64_t due = options.rate > 0 ? start + (uint64_t)((double)totals.started * 1e6 / options.rate) : now;
        if (due > now)
            return due;
        ask(idle, due);
    }
    return NEVER;
}

static void run(uint64_t start)
{
    struct epoll_event events[256];
    uint64_t deadline = start + (uint64_t)(options.seconds * 1e6);
    uint64_t end = deadline + (uint64_t)(options.grace * 1e6);
    for (;;) {
        uint64_t now = now_us();
        bool asking = now < deadline && totals.started < (uint64_t)options.requests;
        uint64_t due = asking ? ask_due(start) : NEVER;
        if ((!asking && totals.active == 0) || now >= end)
            return;
        uint64_t limit = asking ? deadline : end;
        int ready = wait_until(epoll, events, 256, due < limit ? due : limit);
        for (int i = 0; i < ready; i++) {
            struct client *c = events[i].data.ptr;
            if (events[i].events & EPOLLOUT && c->busy)
                send_request(c);
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
                on_readable(c);
        }
    }
}

static void open_clients(void)
{
    for (int i = 0; i < options.connections; i++) {
        struct client *c = calloc(1, sizeof *c);
        if (!c)
            die("calloc");
        c->fd = -1;
        rest(c);
    }
}

static double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void report(uint64_t start)
{
    struct buffer out = {0};
    double seconds = totals.last_done_us > start ? (double)(totals.last_done_us - start) / 1e6 : 0;
    buffer_print(&out,
                 "{\"done\": %lu, \"errors\": %lu, \"bad_status\": %lu, \"no_match\": %lu, \"no_event\": %lu, "
                 "\"unfinished\": %lu, \"left\": %lu, \"last_left_us\": %lu, \"connections\": %lu, \"events\": %lu, "
                 "\"bytes\": %lu, \"seconds\": %.3f, \"rps\": %.1f, \"cpu_s\": %.3f",
                 totals.done, totals.errors, totals.bad_status, totals.no_match, totals.no_event, totals.active,
                 totals.left, totals.last_left_us, totals.connections, totals.events, totals.bytes, seconds,
                 seconds > 0 ? (double)totals.done / seconds : 0, cpu_seconds());
    print_samples(&out, "latency_us", &latency);
    print_samples(&out, "first_byte_us", &first_byte);
    print_samples(&out, "event_delay_us", &event_delay);
    printf("%.*s}\n", (int)out.length, out.data);
}

int main(int count, char **arguments)
{
    options = read_options(count, arguments);
    request = build_request(&options);
    prctl(PR_SET_PDEATHSIG, SIGTERM); // never outlives the bench
    epoll = epoll_create1(0);
    open_clients();
    uint64_t start = now_us();
    run(start);
    report(start);
}
