// The yardstick: an echo server straight on edge-triggered epoll, one thread, what is left when
// nothing stands between the kernel and the protocol. bench/run starts it; it runs until a signal
// ends it.
//
//   epoll_echo PORT     0 takes any free port; prints "listening on 127.0.0.1:PORT"
//
// A connection is registered once, for everything, and epoll_ctl is not called for it again. All
// connections receive into one static buffer; only what the peer did not take is kept aside, and a
// connection that keeps something is not read until it has gone out.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
  receive_size = 64 * 1024,
  events_per_wait = 256,
  accepts_per_event = 64,
  // Full buffers read from one connection before the others get their turn.
  reads_per_event = 16,
  accept_retry_ms = 100
};
static const uint32_t all_events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

struct connection {
  int fd;
  bool readable;  // the last receive did not say that there is nothing more
  bool hung_up;   // a FIN or an error is behind the data: read up to it, no event will follow
  uint32_t unsent_begin;
  uint32_t unsent_end;
  char* unsent;
};

static int set;
static int listener;
static bool listener_paused;
static char buffer[receive_size];

static void die(const char* what) {
  perror(what);
  exit(1);
}

static void listen_for(uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = NULL};
  if (epoll_ctl(set, EPOLL_CTL_MOD, listener, &event) < 0) die("epoll_ctl");
  listener_paused = events == 0;
}

static void end(struct connection* c) {
  close(c->fd);
  free(c->unsent);
  free(c);
}

// Sends until all is gone or the socket is full: only EAGAIN promises another EPOLLOUT.
// Returns the bytes sent, or -1 when the connection is lost.
static inline ssize_t send_some(int fd, const char* data, size_t size) {
  size_t sent = 0;
  while (sent < size) {
    ssize_t n = send(fd, data + sent, size - sent, MSG_NOSIGNAL);
    if (n >= 0) {
      sent += (size_t)n;
    } else if (errno == EAGAIN) {
      break;
    } else if (errno != EINTR) {
      return -1;
    }
  }
  return (ssize_t)sent;
}

static bool keep_unsent(struct connection* c, const char* data, size_t size) {
  c->unsent = malloc(size);
  if (!c->unsent) return false;
  memcpy(c->unsent, data, size);
  c->unsent_begin = 0;
  c->unsent_end = (uint32_t)size;
  return true;
}

static bool send_unsent(struct connection* c) {
  ssize_t n = send_some(c->fd, c->unsent + c->unsent_begin, c->unsent_end - c->unsent_begin);
  if (n < 0) return false;
  c->unsent_begin += (uint32_t)n;
  if (c->unsent_begin == c->unsent_end) {
    free(c->unsent);
    c->unsent = NULL;
  }
  return true;
}

// Returns false when the connection is over.
static bool echo(struct connection* c) {
  int reads = 0;
  while (c->readable && !c->unsent) {
    if (reads++ == reads_per_event) {
      // Modifying re-reports what is still ready, behind the events of the others.
      struct epoll_event event = {.events = all_events, .data.ptr = c};
      return epoll_ctl(set, EPOLL_CTL_MOD, c->fd, &event) == 0;
    }
    ssize_t n = recv(c->fd, buffer, sizeof buffer, 0);
    if (n > 0) {
      if (n < receive_size && !c->hung_up) c->readable = false;
      ssize_t sent = send_some(c->fd, buffer, (size_t)n);
      if (sent < 0) return false;
      if (sent < n && !keep_unsent(c, buffer + sent, (size_t)(n - sent))) return false;
    } else if (n == 0) {
      return false;
    } else if (errno == EAGAIN) {
      c->readable = false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

static void on_event(struct connection* c, uint32_t events) {
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) c->hung_up = true;
  if (events & EPOLLIN || c->hung_up) c->readable = true;
  bool alive = !c->unsent || send_unsent(c);
  if (!alive || !echo(c)) {
    end(c);
    if (listener_paused) listen_for(EPOLLIN);
  }
}

static bool add(int fd) {
  struct connection* c = calloc(1, sizeof *c);
  if (!c) return false;
  c->fd = fd;
  struct epoll_event event = {.events = all_events, .data.ptr = c};
  if (epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) == 0) return true;
  free(c);
  return false;
}

static void accept_some(void) {
  for (int i = 0; i < accepts_per_event; ++i) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      if (!add(fd)) close(fd);
      continue;
    }
    // Out of descriptors or memory: a ready listener would spin, so it rests until one is freed.
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) listen_for(0);
    return;
  }
}

static void open_listener(uint16_t port) {
  listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (listener < 0) die("socket");
  int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // Accepted sockets inherit it.
  setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (struct sockaddr*)&address, sizeof address) < 0) die("bind");
  if (listen(listener, 4096) < 0) die("listen");
  socklen_t size = sizeof address;
  getsockname(listener, (struct sockaddr*)&address, &size);
  printf("listening on 127.0.0.1:%u\n", (unsigned)ntohs(address.sin_port));
  fflush(stdout);
}

int main(int argc, char** argv) {
  char* rest = NULL;
  unsigned long port = argc == 2 ? strtoul(argv[1], &rest, 10) : 0;
  if (argc != 2 || rest == argv[1] || *rest != '\0' || port > 65535) {
    fprintf(stderr, "usage: epoll_echo PORT\n");
    return 2;
  }
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  set = epoll_create1(EPOLL_CLOEXEC);
  if (set < 0) die("epoll_create1");
  open_listener((uint16_t)port);
  // Level-triggered: a bounded number is accepted at a time.
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  if (epoll_ctl(set, EPOLL_CTL_ADD, listener, &event) < 0) die("epoll_ctl");

  struct epoll_event events[events_per_wait];
  for (;;) {
    int n = epoll_wait(set, events, events_per_wait, listener_paused ? accept_retry_ms : -1);
    if (n < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < n; ++i) {
      if (events[i].data.ptr) {
        on_event(events[i].data.ptr, events[i].events);
      } else {
        accept_some();
      }
    }
    if (n == 0 && listener_paused) listen_for(EPOLLIN);
  }
}
