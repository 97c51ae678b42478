// What a stream can report beside the kernel's own errors. Cancellation and time-outs are
// std::errc::operation_canceled and std::errc::timed_out, as everywhere in the standard library.
#pragma once

#include <cstdint>
#include <system_error>

namespace streams {

/// The errors of streams; they compare with a std::error_code.
enum class Error {
  end_of_stream = 1,  ///< the peer sent FIN, or feed_eof() ended the reader; asyncio returns b''
  incomplete_read,    ///< the end came before what was asked for; asyncio's IncompleteReadError
  limit_overrun,      ///< no separator within the limit; asyncio's LimitOverrunError
  closed,             ///< close() came before this call
  /// Closed before the peer's kernel had acknowledged all; ours still delivers what it has.
  unacknowledged
};

/// That of Error.
const std::error_category& error_category() noexcept;
/// For std::error_code's conversion from Error.
inline std::error_code make_error_code(Error error) noexcept {
  return {static_cast<int>(error), error_category()};
}
/// An error_code of no error. The compiler sees that it is none, which it cannot see of
/// std::error_code{}: that one asks the library for its category.
inline const std::error_category& no_error_category = std::system_category();
/// None, see above.
inline std::error_code no_error() noexcept { return {0, no_error_category}; }
/// std::errc::operation_canceled.
inline std::error_code make_cancelled() noexcept {
  return std::make_error_code(std::errc::operation_canceled);
}

/// A std::error_code in two bytes, for what there is many of: of the system, or of a stream. One of
/// another category is kept as the errno value that it is like, else as EIO.
class CompactError {
 public:
  CompactError() noexcept = default;
  CompactError(const std::error_code& error) noexcept;  // NOLINT: as std::error_code from an enum
  std::error_code code() const noexcept;

 private:
  std::uint16_t value_ = 0;
};

}  // namespace streams

template <>
struct std::is_error_code_enum<streams::Error> : std::true_type {};
