#include "streams/error.hpp"

#include <cerrno>
#include <string>

namespace streams {
namespace {

class Category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "streams"; }
  std::string message(int value) const override {
    switch (static_cast<Error>(value)) {
      case Error::end_of_stream: return "end of stream";
      case Error::incomplete_read: return "the stream ended before all was read";
      case Error::limit_overrun: return "no separator within the limit";
      case Error::closed: return "the stream was closed here";
      case Error::unacknowledged: return "the peer has not taken everything yet";
    }
    return "unknown stream error";
  }
};

constexpr int of_stream = 0x8000;

int like_errno(const std::error_code& error) noexcept {
  if (!error || error.category() == std::system_category()) return error.value();
  const std::error_condition condition = error.default_error_condition();
  return condition.category() == std::generic_category() ? condition.value() : EIO;
}

}  // namespace

const std::error_category& error_category() noexcept {
  static const Category category;
  return category;
}

CompactError::CompactError(const std::error_code& error) noexcept
    : value_(static_cast<std::uint16_t>(
          error.category() == error_category() ? of_stream | error.value() : like_errno(error))) {}

std::error_code CompactError::code() const noexcept {
  if ((value_ & of_stream) != 0) return static_cast<Error>(value_ & ~of_stream);
  return {value_, no_error_category};
}

}  // namespace streams
