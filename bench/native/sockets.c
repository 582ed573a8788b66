#define _GNU_SOURCE
#include "sockets.h"

#include "common.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

static struct sockaddr_in loopback(int port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

int listen_on(int port)
{
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    struct sockaddr_in address = loopback(port);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 4096) != 0)
        die("listen");
    return listener;
}

int connect_to(int port, int receive_buffer)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (fd < 0)
        die("socket");
    send_at_once(fd);
    if (receive_buffer > 0) // before connect: it decides the window that is offered
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    struct sockaddr_in address = loopback(port);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS)
        die("connect");
    return fd;
}

void send_at_once(int fd)
{
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
}

// epoll_wait counts in whole milliseconds, which would make paced streams fire in clumps and hide what single
// wake-ups cost. ppoll on the epoll descriptor waits as precisely as the kernel can.
int wait_until(int epoll, struct epoll_event *events, int count, uint64_t due_us)
{
    if (due_us == NEVER)
        return epoll_wait(epoll, events, count, -1);
    uint64_t now = now_us();
    uint64_t left = due_us > now ? due_us - now : 0;
    struct timespec timeout = {(time_t)(left / 1000000), (long)(left % 1000000) * 1000};
    struct pollfd ready = {.fd = epoll, .events = POLLIN};
    if (ppoll(&ready, 1, &timeout, NULL) <= 0)
        return 0;
    return epoll_wait(epoll, events, count, 0);
}

void watch(int epoll, int fd, void *owner, int operation, int also_writable)
{
    struct epoll_event event = {.events = EPOLLIN | (also_writable ? EPOLLOUT : 0), .data.ptr = owner};
    if (epoll_ctl(epoll, operation, fd, &event) != 0)
        die("epoll_ctl");
}
