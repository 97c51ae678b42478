// Why an address could not be listened on: what the system says, and what to do about it.
#pragma once

#include <string>
#include <system_error>
#include <utility>

namespace server::sockets {

class BindError : public std::system_error {
 public:
  /// `advice` may be empty.
  BindError(int error, std::string advice)
      : std::system_error(error, std::system_category()), advice_(std::move(advice)) {}

  /// `Address already in use (another process ...)`.
  std::string text() const {
    return advice_.empty() ? code().message() : code().message() + " (" + advice_ + ')';
  }

 private:
  std::string advice_;
};

}  // namespace server::sockets
