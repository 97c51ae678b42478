// The character generator protocol (RFC 864): the service sends for as long as it is connected.
#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>

#include "client/load/echo_messages.hpp"
#include "client/load/load_connection.hpp"
#include "client/load/protocol.hpp"
#include "streams/buffer_pool.hpp"

namespace client::load {
namespace {

constexpr char first_character = ' ';
constexpr std::size_t ring = 95;   // ' ' to '~'
constexpr std::size_t text = 72;   // characters of a line
constexpr std::size_t line = 74;   // with its end
constexpr std::size_t shown = 32;  // bytes of a mismatch

constexpr auto pattern = [] {
  std::array<char, ring * line> all{};
  for (std::size_t at = 0; at < all.size(); ++at) {
    const std::size_t column = at % line;
    all[at] = column < text ? static_cast<char>(first_character + (at / line + column) % ring)
                            : "\r\n"[column - text];
  }
  return all;
}();

constexpr const char* unknown =
    "the text that came is not the pattern of RFC 864: its bytes were counted and not verified";

/// A connection that only receives. The text is compared with the RFC's pattern where it begins
/// like that; where it does not, bytes are counted and the report says so.
class Download final : public LoadConnection {
 public:
  Download(ThreadContext& context, std::uint64_t number) : LoadConnection(context, number) {}

  void end() override;

 private:
  streams::Task<std::error_code> serve() override;
  bool on_received(std::string_view data);
  bool verify(std::string_view data);

  std::uint64_t received_ = 0;  // on this connection, bytes
  std::size_t begin_ = 0;       // in the pattern
  bool known_ = true;           // so far like the RFC's
};

void Download::end() {
  // It would go on for ever.
  if (connection_ != nullptr) connection_->writer().abort();
}

streams::Task<std::error_code> Download::serve() {
  received_ = 0;
  const bool started = co_await context_.started.wait();
  if (!started) co_return streams::make_cancelled();
  streams::StreamReader& reader = connection_->reader();
  for (;;) {
    const streams::Chunk chunk = co_await reader.read(streams::BufferPool::block_size);
    if (!chunk) co_return chunk.ec;
    if (!on_received(chunk.data)) co_return streams::no_error();
  }
}

bool Download::on_received(std::string_view data) {
  was_useful_ = true;
  const Time now = Clock::now();
  if (context_.plan.verify && known_ && !verify(data)) return false;
  const std::uint64_t lines = received_ / line;
  received_ += data.size();
  const bool counts = known_ && !context_.progress.is_closed();
  context_.tally.received(counts ? received_ / line - lines : 0, now, target_);
  return true;
}

bool Download::verify(std::string_view data) {
  if (received_ == 0) {
    // Some begin with another line.
    const auto character = static_cast<unsigned char>(data.front());
    begin_ = (character - static_cast<std::size_t>(first_character)) % ring * line;
  }
  std::uint64_t at = begin_ + received_;
  while (!data.empty()) {
    const std::size_t from = at % pattern.size();
    const std::size_t size = std::min(data.size(), pattern.size() - from);
    if (std::memcmp(pattern.data() + from, data.data(), size) != 0) {
      const auto differs = std::mismatch(data.begin(), data.begin() + size, pattern.data() + from);
      const auto offset = static_cast<std::size_t>(differs.first - data.begin());
      const std::uint64_t place = at - begin_ + offset;
      if (place < line) {
        known_ = false;
        context_.tally.notes.emplace_back(unknown);
        return true;
      }
      Mismatch mismatch;
      mismatch.connection = number_;
      mismatch.sequence = place / line;
      mismatch.offset = place % line;
      mismatch.expected = std::string(differs.second, std::min(shown, size - offset));
      mismatch.got = std::string(data.substr(offset, shown));
      const Time now = Clock::now();
      context_.tally.offered(now);
      fail_mismatch(std::move(mismatch), now, now, now);
      return false;
    }
    at += size;
    data.remove_prefix(size);
  }
  return true;
}

}  // namespace

constinit const Protocol chargen_protocol{
    .name = "chargen",
    .has_requests = false,
    .has_replies = false,
    .make_messages = make_echo_messages,
    .make_connection = [](ThreadContext& context, std::uint64_t number)
        -> std::unique_ptr<LoadConnection> { return std::make_unique<Download>(context, number); },
};

}  // namespace client::load
