// What a Registry holds as text for those who scrape it: OpenMetrics 1.0, or Prometheus' older text
// format. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/insight/registry.hpp"

namespace server::insight {

enum class Format : std::uint8_t {
  prometheus,  ///< text 0.0.4
  openmetrics  ///< 1.0.0
};

/// The Content-Type of each.
constexpr std::string_view content_type(Format format) noexcept {
  return format == Format::openmetrics
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

/// Appends all families that have a sample. Each name begins with `echoline_`, save for those that
/// begin with `process_`, which are everybody's. Throws std::bad_alloc.
void append_exposition(std::string& out, const Registry& registry, Format format);

}  // namespace server::insight
