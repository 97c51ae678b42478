// The peer of a session under test, and all that lies between the two. In the fuzz build, which
// brings its own system calls (streams/system_call.hpp, CMakeLists.txt), that is a few lines of
// memory, which may also take less than it is given and be interrupted; elsewhere, where only the
// corpus is run, a pair of Unix sockets. One at a time; the session's thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "streams/unique_fd.hpp"

namespace tests {

class FarEnd {
 public:
  /// `moods` is what becomes of the calls that send, a byte each, as far as they go; only of
  /// memory.
  explicit FarEnd(std::string_view moods);
  ~FarEnd();
  FarEnd(const FarEnd&) = delete;
  FarEnd& operator=(const FarEnd&) = delete;

  /// The session's end, once.
  streams::UniqueFd take() noexcept { return std::move(ours_); }

  /// `bytes` are with the session's kernel.
  void arrive(std::string_view bytes);
  /// So is the peer's FIN, or its reset.
  void fin();
  void reset();

  /// What the peer has got so far.
  const std::string& output();
  /// Whether it has also got FIN, or a reset.
  bool has_ended();
  bool was_reset();

 private:
  streams::UniqueFd ours_;
  streams::UniqueFd theirs_;
  std::string output_;
  [[maybe_unused]] bool ended_ = false;
  [[maybe_unused]] bool reset_ = false;
};

}  // namespace tests
