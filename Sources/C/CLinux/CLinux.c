#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

_Static_assert(ASPEN_EPOLL_IN == EPOLLIN && ASPEN_EPOLL_OUT == EPOLLOUT, "epoll constants");
_Static_assert(ASPEN_EPOLL_ERR == EPOLLERR && ASPEN_EPOLL_HUP == EPOLLHUP, "epoll constants");
_Static_assert(ASPEN_EPOLL_RDHUP == EPOLLRDHUP && ASPEN_EPOLL_EDGE == EPOLLET, "epoll constants");

enum { MAX_EVENTS = 256 };

int aspen_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static int control(int epoll, int operation, int fd, uint32_t events, uint64_t token) {
  struct epoll_event event = {.events = events, .data.u64 = token};
  return epoll_ctl(epoll, operation, fd, &event);
}

int aspen_epoll_add(int epoll, int fd, uint32_t events, uint64_t token) {
  return control(epoll, EPOLL_CTL_ADD, fd, events, token);
}

int aspen_epoll_modify(int epoll, int fd, uint32_t events, uint64_t token) {
  return control(epoll, EPOLL_CTL_MOD, fd, events, token);
}

int aspen_epoll_remove(int epoll, int fd) { return control(epoll, EPOLL_CTL_DEL, fd, 0, 0); }

int aspen_epoll_wait(int epoll, aspen_epoll_event *events, int capacity, int timeout_ms) {
  // The kernel's struct is packed on x86-64, which Swift cannot express.
  struct epoll_event ready[MAX_EVENTS];
  int limit = capacity < MAX_EVENTS ? capacity : MAX_EVENTS;
  int count = epoll_wait(epoll, ready, limit, timeout_ms);
  for (int i = 0; i < count; i++) {
    events[i].readiness = ready[i].events;
    events[i].token = ready[i].data.u64;
  }
  return count;
}

int aspen_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int aspen_eventfd_signal(int fd) {
  uint64_t one = 1;
  return write(fd, &one, sizeof one) == sizeof one ? 0 : -1;
}

int aspen_stream_socket(int family) {
  return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

int aspen_accept(int fd, struct sockaddr_storage *address, socklen_t *length) {
  return accept4(fd, (struct sockaddr *)address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

ssize_t aspen_send_gather(int fd, const struct iovec *vectors, size_t count) {
  struct msghdr message = {.msg_iov = (struct iovec *)vectors, .msg_iovlen = count};
  return sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

ssize_t aspen_send(int fd, const void *bytes, size_t count) {
  return send(fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int aspen_set_no_delay(int fd) {
  int on = 1;
  return setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

int aspen_set_socket_option(int fd, int option, int value) {
  return setsockopt(fd, SOL_SOCKET, option, &value, sizeof value);
}

int aspen_socket_error(int fd) {
  int error = 0;
  socklen_t length = sizeof error;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0) return errno;
  return error;
}

static _Thread_local void *thread_pointer;

void *aspen_thread_pointer(void) { return thread_pointer; }

void aspen_set_thread_pointer(void *pointer) { thread_pointer = pointer; }

void aspen_set_thread_name(const char *name) {
  char kept[16];
  strncpy(kept, name, sizeof kept - 1);
  kept[sizeof kept - 1] = 0;
  pthread_setname_np(pthread_self(), kept);
}
