#include "client/load/report/request_text.hpp"

#include <string_view>

#include "client/load/report/quantities.hpp"
#include "client/load/report/spectrum.hpp"

namespace client::load::report {

std::string request_text(const Results& results) {
  std::string text;
  const auto add = [&text](std::string_view name, const measure::Histogram& times) {
    if (times.empty()) return;
    text += (text.empty() ? "p50/p99: " : ", ") + std::string{name} + ' ' +
            readable_time(times.percentile(50)) + '/' + readable_time(times.percentile(99));
  };
  const bool in_pieces = !results.first_byte.empty();
  if (!in_pieces && results.plan.churn == 0) return text;
  if (results.plan.churn != 0) add("connect", results.connect);
  if (in_pieces) add("first byte", results.first_byte);
  add(in_pieces ? "last byte" : "reply", results.total.service);
  return text;
}

std::string server_text(const Stamped& stamped) {
  return stamped.server.empty() ? std::string() : times_text(stamped.server);
}

std::string way_text(const Stamped& stamped) {
  return stamped.way.empty() ? std::string() : "there and back: " + times_text(stamped.way);
}

std::string network_text(const Network& network) {
  if (network.rtt.empty()) return {};
  std::string text = "RTT ";
  if (network.min_rtt.count() != 0) text += "min " + readable_time(network.min_rtt) + ", ";
  text += "p50 " + readable_time(network.rtt.percentile(50)) + ", max " +
          readable_time(network.rtt.max());
  return text + "; " + readable_count(network.retransmits) + " of " +
         readable_count(network.segments_sent) + " segments resent";
}

}  // namespace client::load::report
