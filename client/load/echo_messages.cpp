#include "client/load/echo_messages.hpp"

#include <bit>
#include <cstring>
#include <utility>

#include "client/load/random.hpp"

namespace client::load {
namespace {

static_assert(std::endian::native == std::endian::little, "headers are written as they lie");

// A window begins anywhere in so many bytes, which the first-level cache holds with ease.
constexpr std::size_t windows = std::size_t{1} << 13U;
// Odd, so that a connection's windows do not repeat for as long as possible; and no size of
// anything, so that bytes lost or doubled do not land on the next message's.
constexpr std::uint64_t stride = 977;
// Odd, and so the products of all connections' numbers differ.
constexpr std::uint64_t spread = 0x9e3779b97f4a7c15U;
// Bytes that are copied at once.
constexpr std::size_t step = 16;

class FileMessages final : public Messages {
 public:
  explicit FileMessages(std::string content) : content_(std::move(content)) {}

  std::string_view request(std::uint64_t, std::uint64_t) override { return content_; }
  std::string_view reply(std::uint64_t, std::uint64_t) override { return content_; }

 private:
  std::string content_;
};

}  // namespace

EchoMessages::EchoMessages(std::size_t min_size, std::size_t max_size, std::uint64_t seed)
    : min_size_(min_size), max_size_(max_size), seed_(seed), tag_of_seed_(mix(seed)) {
  Random random(seed);
  pattern_.resize((windows + max_size + 2 * sizeof(Header)) / 8 * 8);
  for (std::size_t at = 0; at < pattern_.size(); at += 8) {
    const std::uint64_t bytes = random.next();
    std::memcpy(pattern_.data() + at, &bytes, sizeof bytes);
  }
  std::memcpy(&under_stamp_, pattern_.data(), sizeof under_stamp_);
  make_batches(max_size, sizeof(Header));
}

EchoMessages::Header EchoMessages::header_of(std::uint64_t connection,
                                             std::uint64_t sequence) const noexcept {
  const std::uint64_t tag = tag_of_seed_ ^ (connection * spread);
  return {tag + sequence, ~tag};
}

std::size_t EchoMessages::drawn_size(std::uint64_t connection,
                                     std::uint64_t sequence) const noexcept {
  const std::uint64_t drawn = mix(mix(seed_ ^ connection) ^ sequence);
  return min_size_ + drawn % (max_size_ - min_size_ + 1);
}

std::size_t EchoMessages::place_of(const Header& header, std::uint64_t sequence) noexcept {
  return (header[1] + sequence * stride) % windows;
}

Messages::Batch EchoMessages::replies(std::uint64_t connection, std::uint64_t sequence,
                                      std::uint64_t most, std::size_t room) {
  // The pattern's own bytes.
  std::memcpy(pattern_.data() + stamped_at_, &under_stamp_, sizeof under_stamp_);
  const Header first = header_of(connection, 0);
  const char* const pattern = pattern_.data();
  return batch(sequence, most, room, [&](char* at, std::uint64_t number) noexcept {
    const Header header{first[0] + number, first[1]};
    const char* const window = pattern + place_of(first, number);
    const std::size_t size = size_of(connection, number);
    // In steps of constant size; what is beyond the message gives way to the next.
    std::memcpy(at, &header, sizeof header);
    for (std::size_t i = sizeof header; i < size; i += step) std::memcpy(at + i, window + i, step);
    return at + size;
  });
}

std::string_view EchoMessages::message(std::uint64_t connection, std::uint64_t sequence) noexcept {
  std::memcpy(pattern_.data() + stamped_at_, &under_stamp_, sizeof under_stamp_);
  const Header header = header_of(connection, sequence);
  stamped_at_ = place_of(header, sequence);
  char* const window = pattern_.data() + stamped_at_;
  std::memcpy(&under_stamp_, window, sizeof under_stamp_);
  std::memcpy(window, &header, sizeof header);
  return {window, size_of(connection, sequence)};
}

std::optional<std::uint64_t> EchoMessages::sequence_of(std::uint64_t connection,
                                                       std::string_view got) const {
  Header header;
  if (got.size() < sizeof header || min_size_ < sizeof header) return std::nullopt;
  std::memcpy(&header, got.data(), sizeof header);
  const Header first = header_of(connection, 0);
  if (header[1] != first[1]) return std::nullopt;
  return header[0] - first[0];
}

std::unique_ptr<Messages> make_echo_messages(const Plan& plan) {
  const Payload& payload = plan.payload;
  if (!payload.content.empty()) return std::make_unique<FileMessages>(payload.content);
  return std::make_unique<EchoMessages>(payload.min_size, payload.max_size, plan.seed);
}

}  // namespace client::load
