// A closed-loop load generator that shares nothing with echoline: plain epoll, one thread. Each
// connection keeps a number of messages in flight and sends the next as soon as one is answered.
// bench/run drives it; `loadgen --help` says how to do so by hand.
//
// A window that is measured begins and ends with nothing in flight: the load stops, the last
// answers arrive, "start" (or "stop") is printed, and with --wait a line on stdin is awaited. So
// whatever is read from the server's counters at these two moments belongs to exactly the requests
// that are reported. The report, one JSON object on the last line of stdout, sums up all windows.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "loadgen_options.h"
#include "loadgen_pattern.h"

enum {
  receive_size = 256 * 1024,
  events_per_wait = 256,
  opened_at_once = 128,
  drain_seconds = 10,
  // Churn leaves TIME_WAIT on this side, and many that are held leave few ports, which makes the
  // kernel search for long; each source address has its own ports.
  sources = 250
};

struct connection {
  int fd;  // -1 when closed
  bool hung_up;
  uint64_t in_flight;  // messages issued and not yet answered in full
  size_t unsent;       // bytes issued and not yet taken by the socket
  size_t send_at;      // position in the current request
  size_t receive_at;   // position in the current reply
};

static struct options options;
static struct pattern request, reply;
static struct connection* connections;
static int set;
static bool issuing;
static bool compare_all;  // while warming up every byte is compared, later the ends of each receive
static uint64_t issued, completed, opened, errors;
static char buffer[receive_size];

static void die(const char* what) {
  perror(what);
  exit(1);
}

static double clock_seconds(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void close_connection(struct connection* c) {
  if (c->fd >= 0) close(c->fd);
  c->fd = -1;
  c->hung_up = false;
  c->unsent = c->send_at = c->receive_at = c->in_flight = 0;
}

static void fail(struct connection* c, const char* format, ...) {
  if (errors++ == 0) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "loadgen: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
  }
  close_connection(c);
}

static void open_connection(struct connection* c) {
  static int on = 1;
  // Blocking, because on loopback one call then does the whole handshake.
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (c->fd < 0) {
    fail(c, "socket: %s", strerror(errno));
    return;
  }
  bool many = options.mode == mode_churn || options.hold;
  if (many && ntohl(options.address.sin_addr.s_addr) >> 24 == 127) {
    struct sockaddr_in source = {.sin_family = AF_INET};
    source.sin_addr.s_addr = htonl(0x7f010001u + (uint32_t)(opened % sources));
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (bind(c->fd, (struct sockaddr*)&source, sizeof source) < 0) {
      fail(c, "bind: %s", strerror(errno));
      return;
    }
  }
  ++opened;
  if (connect(c->fd, (struct sockaddr*)&options.address, sizeof options.address) < 0) {
    fail(c, "connect: %s", strerror(errno));
    return;
  }
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = c};
  if (epoll_ctl(set, EPOLL_CTL_ADD, c->fd, &event) < 0) die("epoll_ctl");
}

static void send_unsent(struct connection* c) {
  while (c->unsent) {
    size_t size = request.total - c->send_at;
    if (size > c->unsent) size = c->unsent;
    ssize_t n = send(c->fd, request.bytes + c->send_at, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) fail(c, "send: %s", strerror(errno));
      return;
    }
    c->unsent -= (size_t)n;
    c->send_at = (c->send_at + (size_t)n) % request.message;
  }
}

static void issue(struct connection* c, uint64_t messages) {
  if (messages > options.requests - issued) messages = options.requests - issued;
  if (!issuing || messages == 0) return;
  if (c->fd < 0) open_connection(c);
  if (c->fd < 0) return;
  issued += messages;
  c->in_flight += messages;
  c->unsent += messages * request.message;
  send_unsent(c);
}

static void on_received(struct connection* c, size_t size) {
  if (!continues(&reply, c->receive_at, buffer, size, compare_all)) {
    fail(c, "a reply differs from what was expected");
    return;
  }
  c->receive_at += size;
  uint64_t answered = c->receive_at / reply.message;
  c->receive_at %= reply.message;
  if (answered > c->in_flight || (answered == c->in_flight && c->receive_at > 0)) {
    fail(c, "more bytes came back than were due");
    return;
  }
  if (answered == 0) return;
  c->in_flight -= answered;
  completed += answered;
  if (options.mode == mode_churn) {
    close_connection(c);
    issue(c, 1);
  } else {
    issue(c, answered);
  }
}

static void receive(struct connection* c) {
  for (;;) {
    uint64_t before = opened;
    ssize_t n = recv(c->fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (n > 0) {
      on_received(c, (size_t)n);
      bool ended = c->fd < 0 || opened != before;
      if (ended || (n < receive_size && !c->hung_up)) return;
    } else if (n == 0) {
      fail(c, "the server closed a connection");
      return;
    } else if (errno != EINTR) {
      if (errno != EAGAIN) fail(c, "receive: %s", strerror(errno));
      return;
    }
  }
}

static void poll_once(int timeout_ms) {
  struct epoll_event events[events_per_wait];
  int n = epoll_wait(set, events, events_per_wait, timeout_ms);
  if (n < 0 && errno != EINTR) die("epoll_wait");
  for (int i = 0; i < n; ++i) {
    struct connection* c = events[i].data.ptr;
    if (c->fd < 0) continue;
    if (events[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) c->hung_up = true;
    if (events[i].events & EPOLLOUT && c->unsent) send_unsent(c);
    if (c->fd >= 0 && (events[i].events & EPOLLIN || c->hung_up)) receive(c);
  }
}

// Waits until nothing is in flight. Connections that failed have given up theirs.
static void drain(void) {
  issuing = false;
  double deadline = clock_seconds(CLOCK_MONOTONIC) + drain_seconds;
  for (size_t i = 0; i < options.connections;) {
    if (connections[i].in_flight == 0) {
      ++i;
    } else if (clock_seconds(CLOCK_MONOTONIC) > deadline) {
      fail(&connections[i++], "no reply within %d s", drain_seconds);
    } else {
      poll_once(100);
    }
  }
}

static void load(double seconds) {
  uint64_t errors_before = errors;
  issuing = true;
  double deadline = clock_seconds(CLOCK_MONOTONIC) + seconds;
  for (size_t i = 0; i < options.connections; ++i) issue(&connections[i], options.depth);
  while (completed < options.requests && errors == errors_before &&
         clock_seconds(CLOCK_MONOTONIC) < deadline) {
    poll_once(100);
  }
  drain();
}

static void announce(const char* word, bool wait) {
  puts(word);
  fflush(stdout);
  for (int c = 0; wait && c != '\n' && c != EOF;) c = getchar();
}

static int hold(void) {
  options.requests = options.connections;
  for (size_t i = 0; i < options.connections; ++i) {
    issuing = true;
    issue(&connections[i], 1);
    if (i % opened_at_once == opened_at_once - 1) drain();
  }
  drain();
  if (errors == 0) announce("held", true);
  return errors > 0;
}

static int measure(void) {
  uint64_t limit = options.requests, requests = 0;
  double seconds = 0, cpu = 0;
  options.requests = UINT64_MAX;
  compare_all = true;
  if (options.mode != mode_churn) {
    for (size_t i = 0; i < options.connections; ++i) open_connection(&connections[i]);
  }
  if (options.warmup > 0) load(options.warmup);
  compare_all = false;
  options.requests = limit;

  for (unsigned window = 0; window < options.windows && errors == 0; ++window) {
    announce("start", options.wait);
    issued = completed = 0;
    double start = clock_seconds(CLOCK_MONOTONIC);
    double cpu_start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
    load(options.seconds);
    seconds += clock_seconds(CLOCK_MONOTONIC) - start;
    cpu += clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_start;
    requests += completed;
    if (limit != UINT64_MAX && completed != limit) ++errors;
    announce("stop", options.wait);
  }
  printf(
      "{\"mode\": \"%s\", \"connections\": %zu, \"size\": %zu, \"depth\": %zu, "
      "\"requests\": %llu, \"seconds\": %.6f, \"requests_per_second\": %.1f, "
      "\"cpu_percent\": %.2f, \"errors\": %llu}\n",
      mode_names[options.mode], options.connections, request.message, options.depth,
      (unsigned long long)requests, seconds, requests ? (double)requests / seconds : 0,
      requests ? 100 * cpu / seconds : 0, (unsigned long long)errors);
  return errors > 0;
}

int main(int argc, char** argv) {
  options = parse_options(argc, argv);
  alarm(options.time_limit);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (options.connections + 16 > files.rlim_cur) {
    fprintf(stderr, "loadgen: nofile is limited to %llu\n", (unsigned long long)files.rlim_cur);
    return 1;
  }

  bool line = options.mode == mode_line;
  size_t copies = options.depth + 1;
  request = line ? repeat("PING\r\n", 6, copies) : repeat(NULL, options.size, copies);
  reply = line ? repeat("+PONG\r\n", 7, copies) : repeat(NULL, options.size, copies);
  connections = calloc(options.connections, sizeof *connections);
  if (!connections) die("calloc");
  for (size_t i = 0; i < options.connections; ++i) connections[i].fd = -1;
  set = epoll_create1(EPOLL_CLOEXEC);
  if (set < 0) die("epoll_create1");
  return options.hold ? hold() : measure();
}
