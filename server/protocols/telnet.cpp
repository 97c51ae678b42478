#include "server/protocols/telnet.hpp"

#include <algorithm>
#include <cstring>

namespace server::protocols {
namespace {

// RFC 854, "TELNET COMMAND STRUCTURE"; the lowest command is EOF of RFC 1184.
constexpr unsigned char lowest_command = 236;
constexpr unsigned char end_of_content = 240;
constexpr unsigned char interrupt_process = 244;
constexpr unsigned char start_of_content = 250;
constexpr unsigned char will_code = 251;
constexpr unsigned char wont_code = 252;
constexpr unsigned char do_code = 253;
constexpr unsigned char dont_code = 254;
constexpr unsigned char iac = 255;

constexpr unsigned char timing_mark = 6;  // RFC 860

const char* find(const char* begin, const char* end, unsigned char byte) noexcept {
  const void* found = std::memchr(begin, byte, static_cast<std::size_t>(end - begin));
  return found == nullptr ? end : static_cast<const char*>(found);
}

void answer(unsigned char verb, unsigned char option, std::string& replies) {
  replies += static_cast<char>(iac);
  replies += static_cast<char>(verb);
  replies += static_cast<char>(option);
}

}  // namespace

std::size_t Telnet::filter(char* data, std::size_t size, std::string& replies) {
  if (size == 0) return 0;
  const char* in = data;
  const char* const end = data + size;
  char* out = data;
  // The first of each at or after `in`, looked up again only once `in` has passed it: the whole
  // piece is scanned once for each, however many commands it holds.
  const char* next_iac = find(in, end, iac);
  const char* next_nul = find(in, end, 0);

  if (state_ == State::text && !interrupted_ && next_iac == end && next_nul == end) {
    after_cr_ = data[size - 1] == '\r';
    return size;
  }

  const auto keep = [&](const char* run, std::size_t length) {
    if (interrupted_ || length == 0) return;
    if (run != out) std::memmove(out, run, length);
    out += length;
    after_cr_ = out[-1] == '\r';
  };

  while (in != end) {
    if (next_iac < in) next_iac = find(in, end, iac);
    const auto byte = static_cast<unsigned char>(*in);
    switch (state_) {
      case State::text: {
        if (next_nul < in) next_nul = find(in, end, 0);
        const char* const stop = std::min(next_iac, next_nul);
        keep(in, static_cast<std::size_t>(stop - in));
        in = stop;
        if (in == end) break;
        if (in == next_iac) {
          state_ = State::command;
        } else {
          keep(after_cr_ ? "\n" : "\0", 1);
        }
        ++in;
        break;
      }
      case State::command:
        if (byte < lowest_command) {
          state_ = State::text;
          break;
        }
        state_ = after_command(byte);
        if (byte == iac) keep(in, 1);
        ++in;
        break;
      case State::request:
        refuse_request(byte, replies);
        state_ = State::text;
        ++in;
        break;
      case State::offer:
        refuse_offer(byte, replies);
        state_ = State::text;
        ++in;
        break;
      case State::notice:
        state_ = State::text;
        ++in;
        break;
      case State::content:
        in = next_iac;
        if (in == end) break;
        state_ = State::content_command;
        ++in;
        break;
      case State::content_command:
        // A sender that forgot SE, or to double an IAC, must not swallow its user's Ctrl-C.
        state_ = byte == iac || byte < lowest_command ? State::content : after_command(byte);
        ++in;
        break;
    }
  }
  return static_cast<std::size_t>(out - data);
}

Telnet::State Telnet::after_command(unsigned char byte) noexcept {
  switch (byte) {
    case will_code: return State::offer;
    case do_code: return State::request;
    case wont_code:
    case dont_code: return State::notice;
    case start_of_content: return State::content;
    case interrupt_process: interrupted_ = true; return State::text;
    case end_of_content:  // the end, also where nothing had begun
    default: return State::text;
  }
}

void Telnet::refuse_request(unsigned char option, std::string& replies) {
  if (option != timing_mark && refused_requests_.test(option)) return;
  refused_requests_.set(option);
  answer(wont_code, option, replies);
}

void Telnet::refuse_offer(unsigned char option, std::string& replies) {
  if (refused_offers_.test(option)) return;
  refused_offers_.set(option);
  answer(dont_code, option, replies);
}

}  // namespace server::protocols
