/* Opens N WebSockets, reads binary messages and counts them; the kernel throws their payloads away
   (MSG_TRUNC), so that the load costs little next to the server.

   wsload PORT PATH CONNECTIONS WARM_UP SECONDS [AUTHORIZATION]

   The first 8 bytes of a message are its send time, CLOCK_MONOTONIC ns, big endian. Prints "open" when
   all are open, "begin" WARM_UP seconds later, and after SECONDS more one line of JSON for the time
   since "begin": messages, bytes, latencies in ms. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEAD, STAMP, BODY };

struct viewer {
  int fd, phase, have;
  uint64_t left;
  unsigned char bytes[16];
};

static double *latencies;
static size_t latency_count, latency_capacity;
static uint64_t messages, total_bytes;

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void fail(const char *what) {
  fprintf(stderr, "wsload: %s: %s\n", what, strerror(errno));
  exit(1);
}

static uint64_t big_endian(const unsigned char *bytes, int count) {
  uint64_t value = 0;
  for (int i = 0; i < count; i++) value = value << 8 | bytes[i];
  return value;
}

static int open_viewer(int port, const char *path, const char *authorization) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address)) fail("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  char text[2048];
  int length = snprintf(
      text, sizeof text,
      "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s%s%s\r\n",
      path, port, authorization ? "Authorization: " : "", authorization ? authorization : "",
      authorization ? "\r\n" : "");
  if (write(fd, text, (size_t)length) != length) fail("write");
  /* Byte by byte to the end of the head: frames may follow it at once. */
  int have = 0;
  while (have < (int)sizeof text - 1) {
    if (read(fd, text + have, 1) != 1) fail("handshake");
    have++;
    if (have >= 4 && memcmp(text + have - 4, "\r\n\r\n", 4) == 0) break;
  }
  text[have] = 0;
  if (strncmp(text, "HTTP/1.1 101", 12)) {
    fprintf(stderr, "wsload: refused: %.200s\n", text);
    exit(1);
  }
  return fd;
}

static void record(uint64_t stamp) {
  if (latency_count == latency_capacity) {
    latency_capacity = latency_capacity ? latency_capacity * 2 : 1 << 16;
    latencies = realloc(latencies, latency_capacity * sizeof *latencies);
    if (!latencies) fail("memory");
  }
  latencies[latency_count++] = (double)(int64_t)(now_ns() - stamp) / 1e6;
}

/* Reads until the socket is empty. */
static void serve(struct viewer *v) {
  for (;;) {
    ssize_t n;
    if (v->phase == HEAD) {
      int want = v->have < 2 ? 2 : (v->bytes[1] & 127) == 126 ? 4 : (v->bytes[1] & 127) == 127 ? 10 : 2;
      if (v->have == want) {
        int size = v->bytes[1] & 127;
        v->left = size == 126   ? big_endian(v->bytes + 2, 2)
                  : size == 127 ? big_endian(v->bytes + 2, 8)
                                : (uint64_t)size;
        if ((v->bytes[0] & 15) == 2) messages++, total_bytes += v->left;
        v->phase = (v->bytes[0] & 15) == 2 && v->left >= 8 ? STAMP : BODY;
        v->have = 0;
        continue;
      }
      n = recv(v->fd, v->bytes + v->have, (size_t)(want - v->have), MSG_DONTWAIT);
      if (n > 0) v->have += (int)n;
    } else if (v->phase == STAMP) {
      n = recv(v->fd, v->bytes + v->have, (size_t)(8 - v->have), MSG_DONTWAIT);
      if (n > 0 && (v->have += (int)n) == 8) {
        record(big_endian(v->bytes, 8));
        v->left -= 8;
        v->have = 0;
        v->phase = BODY;
      }
    } else if (v->left == 0) {
      v->phase = HEAD;
      continue;
    } else {
      n = recv(v->fd, NULL, v->left, MSG_DONTWAIT | MSG_TRUNC);
      if (n > 0) v->left -= (uint64_t)n;
    }
    if (n == 0) {
      fprintf(stderr, "wsload: the server closed a connection\n");
      exit(1);
    }
    if (n < 0) {
      if (errno == EAGAIN) return;
      fail("recv");
    }
  }
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Serves all viewers for a while. */
static void serve_for(int poll, double seconds) {
  uint64_t end = now_ns() + (uint64_t)(seconds * 1e9);
  struct epoll_event events[256];
  while (now_ns() < end) {
    int ready = epoll_wait(poll, events, 256, 50);
    for (int i = 0; i < ready; i++) serve(events[i].data.ptr);
  }
}

static void say(const char *word) {
  puts(word);
  fflush(stdout);
}

int main(int argc, char **argv) {
  if (argc < 6) {
    fprintf(stderr, "usage: wsload PORT PATH CONNECTIONS WARM_UP SECONDS [AUTHORIZATION]\n");
    return 2;
  }
  int port = atoi(argv[1]), count = atoi(argv[3]);
  int poll = epoll_create1(0);
  struct viewer *viewers = calloc((size_t)count, sizeof *viewers);
  if (!viewers) fail("memory");
  for (int i = 0; i < count; i++) {
    viewers[i].fd = open_viewer(port, argv[2], argc > 6 ? argv[6] : NULL);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = &viewers[i]};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, viewers[i].fd, &event)) fail("epoll_ctl");
  }
  say("open");
  serve_for(poll, atof(argv[4]));
  messages = total_bytes = latency_count = 0;
  say("begin");
  serve_for(poll, atof(argv[5]));
  qsort(latencies, latency_count, sizeof *latencies, by_value);
  double p50 = latency_count ? latencies[latency_count / 2] : 0;
  double p99 = latency_count ? latencies[latency_count * 99 / 100] : 0;
  printf("{\"messages\": %llu, \"bytes\": %llu, \"p50_ms\": %.3f, \"p99_ms\": %.3f}\n",
         (unsigned long long)messages, (unsigned long long)total_bytes, p50, p99);
  return 0;
}
