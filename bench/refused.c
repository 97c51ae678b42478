// What a connection that is refused costs at least: bench/refused compares the daemon with this.
//
// refused serve PORT: accept4(2), send(2) of the words, close(2), and nothing else.
// refused connect PORT COUNT FROM: connects so often from that address, and reads until the end.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static const char words[] = "-ERR access denied\r\n";

static struct sockaddr_in at(const char* host, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  inet_pton(AF_INET, host, &address.sin_addr);
  return address;
}

static int fail(const char* what) {
  perror(what);
  return 1;
}

static int serve(int port) {
  const struct sockaddr_in address = at("127.0.0.1", port);
  const int one = 1;
  const int listening = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listening, (const struct sockaddr*)&address, sizeof address) != 0) return fail("bind");
  if (listen(listening, 4096) != 0) return fail("listen");
  const int epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN | EPOLLET};
  epoll_ctl(epoll, EPOLL_CTL_ADD, listening, &event);
  for (;;) {
    epoll_wait(epoll, &event, 1, -1);
    for (;;) {
      struct sockaddr_in peer;
      socklen_t size = sizeof peer;
      const int fd =
          accept4(listening, (struct sockaddr*)&peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) break;
      if (send(fd, words, sizeof words - 1, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) perror("send");
      close(fd);
    }
  }
}

static int connect_often(int port, long count, const char* host) {
  const struct sockaddr_in to = at("127.0.0.1", port);
  const struct sockaddr_in from = at(host, 0);
  // Leaves no port behind that cannot be had again for a minute.
  const struct linger reset = {.l_onoff = 1, .l_linger = 0};
  const int one = 1;
  for (long i = 0; i < count; ++i) {
    char buffer[256];
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(fd, (const struct sockaddr*)&from, sizeof from) != 0) return fail("bind");
    if (connect(fd, (const struct sockaddr*)&to, sizeof to) != 0) return fail("connect");
    long told = 0;
    for (long got = 0; (got = read(fd, buffer, sizeof buffer)) > 0;) told += got;
    if (told == 0) fprintf(stderr, "one was told nothing\n");
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(fd);
  }
  return 0;
}

int main(int count, char** words_given) {
  if (count == 3 && strcmp(words_given[1], "serve") == 0) return serve(atoi(words_given[2]));
  if (count == 5 && strcmp(words_given[1], "connect") == 0) {
    return connect_often(atoi(words_given[2]), atol(words_given[3]), words_given[4]);
  }
  fprintf(stderr, "refused serve PORT | connect PORT COUNT FROM\n");
  return 2;
}
