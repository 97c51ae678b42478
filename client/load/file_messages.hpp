// FileMessages: a file's bytes, the same each time, which come back as they went.
#pragma once

#include <string>
#include <utility>

#include "client/load/messages.hpp"

namespace client::load {

class FileMessages final : public Messages {
 public:
  /// `content` is not empty.
  explicit FileMessages(std::string content) : content_(std::move(content)) {}

  std::string_view request(std::uint64_t, std::uint64_t) override { return content_; }
  std::string_view reply(std::uint64_t, std::uint64_t) override { return content_; }

 private:
  std::string content_;
};

}  // namespace client::load
