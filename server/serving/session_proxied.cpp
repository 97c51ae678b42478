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

// What came of it for the session: where the server has ended its input, a header that is cut off
// is nobody's fault.
std::error_code Session::end_header(const std::error_code& result) {
  Proxied& known = sessions().proxied[this];
  if (known.proxy == writer().peername()) known.proxy.reset();
  if (!result) known.header = transport().bytes_received() - reader().buffered();
  if (reader().is_eof_fed() && result == streams::Error::incomplete_read) {
    return make_error_code(streams::Error::end_of_stream);
  }
  if (!insight::is_ordinary(cause_) && !insight::is_graceful(cause_)) return result;
  if (result == std::errc::permission_denied) {
    cause_ = Cause::refused;
  } else if (const std::string what = what_is_wrong(result); !what.empty()) {
    const bool is_header = result.category() == proxy_header::fault_category();
    cause_ = is_header ? Cause::bad_proxy_header : Cause::no_proxy_header;
    if (listener_->figures) {
      sessions().events.publish(&insight::SessionSubscriber::header_refused, info(), what);
    }
  }
  return result;
}

bool Session::has_moved() const noexcept {
  if (progress() == 0 || phase_ == Phase::header) return false;
  if (listener_->settings.proxy.empty() || transport().bytes_sent() != 0) return true;
  const auto known = sessions().proxied.find(this);
  return known == sessions().proxied.end() || transport().bytes_received() != known->second.header;
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
