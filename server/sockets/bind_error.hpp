// Why an address could not be listened on: what the system says, and what to do about it.
#pragma once

#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "streams/endpoint.hpp"

namespace server::sockets {

class BindError : public std::system_error {
 public:
  /// `where` is one of the endpoints that an address stands for. `what_to_do` may be empty.
  BindError(int error, std::string what_to_do, std::optional<streams::Endpoint> where = {})
      : std::system_error(error, std::system_category()),
        endpoint(where),
        advice(std::move(what_to_do)) {}

  /// `Address already in use (another process ...)`.
  std::string text() const {
    return advice.empty() ? code().message() : code().message() + " (" + advice + ')';
  }

  std::optional<streams::Endpoint> endpoint;
  std::string advice;
};

}  // namespace server::sockets
