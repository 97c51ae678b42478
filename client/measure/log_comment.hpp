// The comment line of HdrHistogram's text formats. A pure function.
#pragma once

#include <string>
#include <string_view>

namespace client::measure {

/// `#[TEXT]` and a line feed; control characters in `text` become spaces.
std::string log_comment(std::string_view text);

}  // namespace client::measure
