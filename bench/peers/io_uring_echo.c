// Peer: io_uring as its authors recommend it: one ring, multishot accept, multishot receive into a
// ring of provided buffers, which are sent from where they are.
//
//   io_uring_echo PORT
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <liburing.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
  entries = 4096,
  buffer_size = 32 * 1024,
  buffer_count = 256,  // a power of two
  group = 0,
  none = -1
};

enum operation { op_accept, op_receive, op_send, op_close };  // in user_data's lowest bits

struct connection {
  int fd;
  int first, last;  // buffers to be sent; the first is on its way
  bool receiving;
  bool ended;  // nothing more will be received
  bool starved;
  struct connection* next_starved;
};

static struct io_uring ring;
static struct io_uring_buf_ring* buffers;
static char* memory;
static int next_buffer[buffer_count];
static unsigned length[buffer_count], sent[buffer_count];
static struct connection* starved;

static void die(const char* what, int error) {
  fprintf(stderr, "io_uring_echo: %s: %s\n", what, strerror(error));
  exit(1);
}

static struct io_uring_sqe* submission(struct connection* c, enum operation operation) {
  struct io_uring_sqe* sqe = io_uring_get_sqe(&ring);
  if (!sqe) {
    io_uring_submit(&ring);
    sqe = io_uring_get_sqe(&ring);
  }
  if (!sqe) die("submission queue", EBUSY);
  // Preparing the entry leaves this alone.
  io_uring_sqe_set_data64(sqe, (uintptr_t)c | operation);
  return sqe;
}

static void accept_all(int listener) {
  io_uring_prep_multishot_accept(submission(NULL, op_accept), listener, NULL, NULL, 0);
}

static void receive(struct connection* c) {
  struct io_uring_sqe* sqe = submission(c, op_receive);
  io_uring_prep_recv_multishot(sqe, c->fd, NULL, 0, 0);
  sqe->flags |= IOSQE_BUFFER_SELECT;
  sqe->buf_group = group;
  c->receiving = true;
}

static char* data_of(int buffer) { return memory + (size_t)buffer * buffer_size; }

static void send_first(struct connection* c) {
  int b = c->first;
  io_uring_prep_send(submission(c, op_send), c->fd, data_of(b) + sent[b], length[b] - sent[b],
                     MSG_NOSIGNAL | MSG_WAITALL);
}

static void give_back(int buffer) {
  io_uring_buf_ring_add(buffers, data_of(buffer), buffer_size, (unsigned short)buffer,
                        io_uring_buf_ring_mask(buffer_count), 0);
  io_uring_buf_ring_advance(buffers, 1);
  if (starved) {
    struct connection* c = starved;
    starved = c->next_starved;
    c->starved = false;
    receive(c);
  }
}

static void end_if_done(struct connection* c) {
  if (!c->ended || c->receiving || c->starved || c->first != none) return;
  io_uring_prep_close(submission(NULL, op_close), c->fd);
  free(c);
}

static void on_accepted(int listener, const struct io_uring_cqe* cqe) {
  if (!(cqe->flags & IORING_CQE_F_MORE)) accept_all(listener);
  if (cqe->res < 0) return;
  struct connection* c = calloc(1, sizeof *c);
  if (!c) die("calloc", ENOMEM);
  c->fd = cqe->res;
  c->first = none;
  receive(c);
}

static void on_received(struct connection* c, const struct io_uring_cqe* cqe) {
  c->receiving = cqe->flags & IORING_CQE_F_MORE;
  int buffer =
      cqe->flags & IORING_CQE_F_BUFFER ? (int)(cqe->flags >> IORING_CQE_BUFFER_SHIFT) : none;
  if (cqe->res > 0 && !c->ended) {
    length[buffer] = (unsigned)cqe->res;
    sent[buffer] = 0;
    next_buffer[buffer] = none;
    bool idle = c->first == none;
    *(idle ? &c->first : &next_buffer[c->last]) = buffer;
    c->last = buffer;
    if (idle) send_first(c);
  } else if (buffer != none) {
    give_back(buffer);
  }
  if (cqe->res == -ENOBUFS) {
    c->starved = true;
    c->next_starved = starved;
    starved = c;
  } else if (cqe->res <= 0) {
    c->ended = true;
  } else if (!c->receiving && !c->ended) {
    receive(c);
  }
  end_if_done(c);
}

static void on_sent(struct connection* c, int result) {
  int b = c->first;
  if (result > 0 && (sent[b] += (unsigned)result) < length[b]) {
    send_first(c);
    return;
  }
  bool lost = result < 0;
  do {
    b = c->first;
    c->first = next_buffer[b];
    give_back(b);
  } while (lost && c->first != none);
  if (lost && !c->ended) {
    c->ended = true;
    shutdown(c->fd, SHUT_RDWR);  // completes the receive
  }
  if (c->first != none) send_first(c);
  end_if_done(c);
}

static int listen_on(uint16_t port) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (struct sockaddr*)&address, sizeof address) < 0) die("bind", errno);
  if (listen(listener, 4096) < 0) die("listen", errno);
  return listener;
}

static void set_up(void) {
  struct io_uring_params parameters = {
      .flags = IORING_SETUP_CQSIZE | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
      .cq_entries = 4 * entries};
  int failed = io_uring_queue_init_params(entries, &ring, &parameters);
  if (failed) die("io_uring_setup", -failed);
  size_t ring_size = buffer_count * sizeof(struct io_uring_buf);
  void* mapped = mmap(NULL, ring_size + (size_t)buffer_count * buffer_size, PROT_READ | PROT_WRITE,
                      MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
  if (mapped == MAP_FAILED) die("mmap", errno);
  buffers = mapped;
  memory = (char*)mapped + ring_size;
  struct io_uring_buf_reg registration = {
      .ring_addr = (uintptr_t)buffers, .ring_entries = buffer_count, .bgid = group};
  failed = io_uring_register_buf_ring(&ring, &registration, 0);
  if (failed) die("io_uring_register_buf_ring", -failed);
  io_uring_buf_ring_init(buffers);
  for (int i = 0; i < buffer_count; ++i) give_back(i);
}

int main(int argc, char** argv) {
  if (argc != 2) die("usage: io_uring_echo PORT", EINVAL);
  set_up();
  int listener = listen_on((uint16_t)atoi(argv[1]));
  accept_all(listener);
  for (;;) {
    int failed = io_uring_submit_and_wait(&ring, 1);
    if (failed < 0 && failed != -EINTR) die("io_uring_enter", -failed);
    struct io_uring_cqe* cqe;
    unsigned head, seen = 0;
    io_uring_for_each_cqe(&ring, head, cqe) {
      ++seen;
      uint64_t data = io_uring_cqe_get_data64(cqe);
      struct connection* c = (struct connection*)(uintptr_t)(data & ~(uint64_t)3);
      switch ((enum operation)(data & 3)) {
        case op_accept: on_accepted(listener, cqe); break;
        case op_receive: on_received(c, cqe); break;
        case op_send: on_sent(c, cqe->res); break;
        case op_close: break;
      }
    }
    io_uring_cq_advance(&ring, seen);
  }
}
