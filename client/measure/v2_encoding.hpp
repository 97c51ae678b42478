// HdrHistogram's V2 encoding of a Histogram, the payload of its logs, and how it stands in them.
// Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

#include "client/measure/histogram.hpp"

namespace client::measure {

/// The V2 form: a header that states the layout, then the counts up to the maximum's slot. Bytes,
/// big-endian.
std::string encode_v2(const Histogram& histogram);

/// The same, deflated, behind its own header. Bytes.
std::string encode_v2_compressed(const Histogram& histogram);

/// Base64 (RFC 4648, section 4), with padding and without line breaks.
std::string base64(std::string_view bytes);

}  // namespace client::measure
