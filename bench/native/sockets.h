// Sockets of the loopback interface, and waiting for them.
#ifndef BENCH_SOCKETS_H
#define BENCH_SOCKETS_H

#include <stdint.h>
#include <sys/epoll.h>

int listen_on(int port);
int connect_to(int port, int receive_buffer); // 0 = the kernel's own choice
void send_at_once(int fd);
int wait_until(int epoll, struct epoll_event *events, int count, uint64_t due_us);
void watch(int epoll, int fd, void *owner, int operation, int also_writable);

#endif
