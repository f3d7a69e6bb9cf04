// What Linux has and Swift's Glibc module hides: epoll, eventfd, accept4, a thread-local pointer.
// Constants are functions of one integer type, because they reach Swift as three different ones.
#ifndef ASPEN_CLINUX_H
#define ASPEN_CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

// One readiness event. `token` is what the descriptor was added with.
typedef struct aspen_epoll_event {
  uint32_t readiness;
  uint64_t token;
} aspen_epoll_event;

enum {
  ASPEN_EPOLL_IN = 0x001,
  ASPEN_EPOLL_OUT = 0x004,
  ASPEN_EPOLL_ERR = 0x008,
  ASPEN_EPOLL_HUP = 0x010,
  ASPEN_EPOLL_RDHUP = 0x2000,
};
#define ASPEN_EPOLL_EDGE ((uint32_t)1 << 31)

// All of these return -1 and set errno on failure. Descriptors are close-on-exec and non-blocking.
int aspen_epoll_create(void);
int aspen_epoll_add(int epoll, int fd, uint32_t events, uint64_t token);
int aspen_epoll_modify(int epoll, int fd, uint32_t events, uint64_t token);
int aspen_epoll_remove(int epoll, int fd);
// Writes at most `capacity` (and at most 256) events; waits at most `timeout_ms`, or for ever at -1.
int aspen_epoll_wait(int epoll, aspen_epoll_event *events, int capacity, int timeout_ms);

int aspen_eventfd(void);
int aspen_eventfd_signal(int fd);

// A non-blocking, close-on-exec stream socket of the family.
int aspen_stream_socket(int family);
int aspen_accept(int fd, struct sockaddr_storage *address, socklen_t *length);
// One gathering send; never raises SIGPIPE.
ssize_t aspen_send_gather(int fd, const struct iovec *vectors, size_t count);
ssize_t aspen_send(int fd, const void *bytes, size_t count);
int aspen_set_no_delay(int fd);
// Sets an int option of SOL_SOCKET.
int aspen_set_socket_option(int fd, int option, int value);
// The pending error of a socket, as an errno value; 0 for none.
int aspen_socket_error(int fd);

// A pointer of the calling thread; NULL until set.
void *aspen_thread_pointer(void);
void aspen_set_thread_pointer(void *pointer);
// Names the calling thread; the kernel keeps 15 bytes.
void aspen_set_thread_name(const char *name);

#endif
