#include "client/ping/handshake.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "streams/happy_eyeballs.hpp"
#include "streams/resolve.hpp"

namespace client::ping {

streams::Task<Shaken> Handshake::shake() {
  Shaken result;
  const std::error_code unknown = co_await look_up();
  if (unknown) {
    result.ec = unknown;
    result.failed = unknown == std::errc::device_or_resource_busy
                        ? "cannot look up the name: too many lookups are still unanswered"
                        : "cannot look up the name";
    co_return result;
  }
  streams::Opened opened = co_await connect();
  result.ec = opened.ec;
  result.time = opened.handshake;
  result.connection = std::move(opened.connection);
  if (result.connection == nullptr) {
    endpoints_.clear();
    co_return result;
  }
  const auto last =
      std::find(endpoints_.begin(), endpoints_.end(), result.connection->writer().peername());
  if (last != endpoints_.end()) std::rotate(endpoints_.begin(), last, last + 1);
  co_return result;
}

streams::Task<std::error_code> Handshake::look_up() {
  if (!endpoints_.empty() || std::holds_alternative<streams::UnixPath>(address_)) {
    co_return std::error_code{};
  }
  auto resolving = streams::resolve(loop_, std::get<streams::HostPort>(address_));
  streams::Resolved resolved = co_await std::move(resolving);
  endpoints_ = std::move(resolved.endpoints);
  co_return resolved.ec;
}

streams::Task<streams::Opened> Handshake::connect() {
  auto connecting = endpoints_.empty() ? streams::open_connection(loop_, address_, {}, socket_)
                                       : streams::connect_to_first(loop_, endpoints_, {}, socket_);
  co_return co_await std::move(connecting);
}

}  // namespace client::ping
