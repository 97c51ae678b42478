// Bytes of a peer made fit for a terminal. A pure function.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace client::load::report {

/// `bytes` in double quotes, with what is not printable ASCII as \r, \n, \t, \xNN; after `limit` of
/// them it goes on with "...".
std::string escaped(std::string_view bytes, std::size_t limit);

}  // namespace client::load::report
