// What a Session does behind proxies, before its protocol begins, and what it knows of it.
#include <optional>
#include <string>
#include <system_error>

#include "server/serving/session.hpp"
#include "streams/proxy_header/fault.hpp"

namespace server::serving {

void Session::wait_for_header(Acceptor* acceptor) {
  sessions().proxied[this].proxy = writer().peername();
  run(Phase::header, take_header(loop(), reader(), writer(), *listener_, acceptor, ticket_));
}

void Session::end_header(const std::error_code& result) {
  Proxied& known = sessions().proxied[this];
  if (known.proxy == writer().peername()) known.proxy.reset();
  if (!result) known.header = transport().bytes_received() - reader().buffered();
  if (!insight::is_ordinary(cause_)) return;
  if (result == std::errc::permission_denied) {
    cause_ = Cause::refused;
  } else if (const std::string what = what_is_wrong(result); !what.empty()) {
    const bool is_header = result.category() == proxy_header::fault_category();
    cause_ = is_header ? Cause::bad_proxy_header : Cause::no_proxy_header;
    if (listener_->figures) {
      sessions().events.publish(&insight::SessionSubscriber::header_refused, info(), what);
    }
  }
}

Proxied Session::take_proxied() noexcept {
  if (sessions().proxied.empty()) return {};
  auto found = sessions().proxied.extract(this);
  return found ? found.mapped() : Proxied{};
}

std::string Session::proxy_name() const {
  const auto found = sessions().proxied.find(this);
  const bool is_named = found != sessions().proxied.end() && found->second.proxy;
  // Until it has named a client it is the peer itself.
  if (!is_named || phase_ == Phase::header) return {};
  return found->second.proxy->to_string();
}

}  // namespace server::serving
