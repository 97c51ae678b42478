// Base64 (RFC 4648, section 4), as text formats carry bytes. Pure.
#pragma once

#include <string>
#include <string_view>

namespace client::measure {

/// With padding and without line breaks.
std::string base64(std::string_view bytes);

}  // namespace client::measure
