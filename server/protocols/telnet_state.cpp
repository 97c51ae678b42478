// How one Telnet goes on in the place of another: a byte of flags and state, and 256 bits each of
// refused requests and offers, the lowest option first.
#include "server/protocols/telnet.hpp"

namespace server::protocols {
namespace {

constexpr unsigned after_cr_bit = 8;
constexpr unsigned state_bits = 7;

void append(std::string& out, const std::bitset<256>& bits) {
  for (std::size_t byte = 0; byte < bits.size() / 8; ++byte) {
    unsigned eight = 0;
    for (unsigned bit = 0; bit < 8; ++bit) eight |= bits[byte * 8 + bit] ? 1U << bit : 0U;
    out.push_back(static_cast<char>(eight));
  }
}

std::bitset<256> bits_of(std::string_view bytes) noexcept {
  std::bitset<256> bits;
  for (std::size_t i = 0; i < bits.size(); ++i) {
    const unsigned eight = static_cast<unsigned char>(bytes[i / 8]);
    bits[i] = (eight >> i % 8 & 1U) != 0;
  }
  return bits;
}

}  // namespace

void Telnet::save(std::string& state) const {
  if (*this == Telnet()) return;
  const unsigned flags = static_cast<unsigned>(state_) | (after_cr_ ? after_cr_bit : 0U) |
                         (interrupted_ ? after_cr_bit * 2 : 0U);
  state.push_back(static_cast<char>(flags));
  append(state, refused_requests_);
  append(state, refused_offers_);
}

bool Telnet::resume(std::string_view state) noexcept {
  constexpr std::size_t size_of_bits = 256 / 8;
  if (state.empty()) return true;
  if (state.size() != 1 + 2 * size_of_bits) return false;
  const unsigned flags = static_cast<unsigned char>(state[0]);
  if (flags >= after_cr_bit * 4 ||
      (flags & state_bits) > static_cast<unsigned>(State::content_command)) {
    return false;
  }
  state_ = static_cast<State>(flags & state_bits);
  after_cr_ = (flags & after_cr_bit) != 0;
  interrupted_ = (flags & after_cr_bit * 2) != 0;
  refused_requests_ = bits_of(state.substr(1, size_of_bits));
  refused_offers_ = bits_of(state.substr(1 + size_of_bits));
  return true;
}

}  // namespace server::protocols
