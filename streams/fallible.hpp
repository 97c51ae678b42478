// Fallible: results that say themselves whether the work succeeded. Expected failures are values
// here, and retry() and with_timeout() have to read and write them.
#pragma once

#include <concepts>
#include <system_error>

namespace streams {

/// The result of work that can fail: an error_code, or something with one called `ec`.
template <class T>
concept Fallible = std::same_as<T, std::error_code> || requires(T& result) {
  { (result.ec) } -> std::same_as<std::error_code&>;
};

/// Where `result` says it.
template <Fallible T>
std::error_code& error_of(T& result) noexcept {
  if constexpr (std::same_as<T, std::error_code>) {
    return result;
  } else {
    return result.ec;
  }
}

}  // namespace streams
