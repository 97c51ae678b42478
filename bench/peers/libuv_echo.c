// Peer: libuv, streams with a read callback: uv_try_write first, uv_write for what is left, as its
// documentation advises; one receive buffer for the loop.
//
//   libuv_echo PORT
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static char buffer[64 * 1024];

struct rest {
  uv_write_t request;
  char bytes[];
};

static void on_closed(uv_handle_t* handle) { free(handle); }

static void on_alloc(uv_handle_t* handle, size_t suggested, uv_buf_t* into) {
  (void)handle, (void)suggested;
  *into = uv_buf_init(buffer, sizeof buffer);
}

static void on_read(uv_stream_t* stream, ssize_t size, const uv_buf_t* from);

static void on_written(uv_write_t* request, int status) {
  uv_stream_t* stream = request->handle;
  free(request);
  if (uv_is_closing((uv_handle_t*)stream)) return;
  if (status < 0) {
    uv_close((uv_handle_t*)stream, on_closed);
  } else {
    uv_read_start(stream, on_alloc, on_read);
  }
}

static void write_rest(uv_stream_t* stream, const char* bytes, size_t size) {
  struct rest* rest = malloc(sizeof *rest + size);
  memcpy(rest->bytes, bytes, size);
  uv_buf_t buf = uv_buf_init(rest->bytes, (unsigned)size);
  uv_read_stop(stream);  // until the peer has taken it
  uv_write(&rest->request, stream, &buf, 1, on_written);
}

static void on_read(uv_stream_t* stream, ssize_t size, const uv_buf_t* from) {
  if (size == 0) return;  // EAGAIN
  if (size < 0) {
    uv_close((uv_handle_t*)stream, on_closed);
    return;
  }
  uv_buf_t buf = uv_buf_init(from->base, (unsigned)size);
  int sent = uv_try_write(stream, &buf, 1);
  if (sent == UV_EAGAIN) sent = 0;
  if (sent < 0) {
    uv_close((uv_handle_t*)stream, on_closed);
  } else if (sent < size) {
    write_rest(stream, from->base + sent, (size_t)(size - sent));
  }
}

static void on_connection(uv_stream_t* listener, int status) {
  if (status < 0) return;
  uv_tcp_t* peer = malloc(sizeof *peer);
  uv_tcp_init(listener->loop, peer);
  if (uv_accept(listener, (uv_stream_t*)peer) == 0) {
    uv_tcp_nodelay(peer, 1);
    uv_read_start((uv_stream_t*)peer, on_alloc, on_read);
  } else {
    uv_close((uv_handle_t*)peer, on_closed);
  }
}

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "--version") == 0) return puts(uv_version_string()) < 0;
  if (argc != 2) return 2;
  uv_loop_t* loop = uv_default_loop();
  uv_tcp_t listener;
  struct sockaddr_in address;
  uv_tcp_init(loop, &listener);
  uv_ip4_addr("127.0.0.1", atoi(argv[1]), &address);
  int failed = uv_tcp_bind(&listener, (const struct sockaddr*)&address, 0);
  if (!failed) failed = uv_listen((uv_stream_t*)&listener, 4096, on_connection);
  if (failed) {
    fprintf(stderr, "libuv_echo: %s\n", uv_strerror(failed));
    return 1;
  }
  return uv_run(loop, UV_RUN_DEFAULT);
}
