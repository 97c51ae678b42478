// Any pieces, reads, pauses, cancellations and ends give what a simple model of the stream says.
// The input is a script; tests/streams/stream_reader_script.hpp has its letters.
#include <array>
#include <sys/socket.h>

#include "tests/fuzz/verdict.hpp"
#include "tests/streams/stream_reader_script.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::array<int, 2> fds{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data()) != 0) {
    tests::found("no sockets");
  }
  const std::string_view script = tests::text_of(data, size);
  tests::StreamReaderScript player(script, streams::UniqueFd(fds[0]), streams::UniqueFd(fds[1]));
  const std::string difference = player.play();
  if (!difference.empty()) tests::found(difference, "script: " + text::escaped(script));
  return 0;
}
