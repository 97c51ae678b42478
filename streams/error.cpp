#include "streams/error.hpp"

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

}  // namespace

const std::error_category& error_category() noexcept {
  static const Category category;
  return category;
}

}  // namespace streams
