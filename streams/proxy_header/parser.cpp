#include "streams/proxy_header/parser.hpp"

#include <algorithm>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>

#include "streams/proxy_header/line.hpp"

namespace proxy_header {
namespace {

constexpr std::string_view word = "PROXY";
constexpr std::size_t min_line = unknown_line.size();
static_assert(min_line < fixed_size);

sockaddr_storage inet_address(const char* address, const char* port) {
  sockaddr_storage storage{};
  auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
  v4.sin_family = AF_INET;
  std::memcpy(&v4.sin_addr, address, sizeof v4.sin_addr);
  std::memcpy(&v4.sin_port, port, sizeof v4.sin_port);
  return storage;
}

sockaddr_storage inet6_address(const char* address, const char* port) {
  sockaddr_storage storage{};
  auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
  v6.sin6_family = AF_INET6;
  std::memcpy(&v6.sin6_addr, address, sizeof v6.sin6_addr);
  std::memcpy(&v6.sin6_port, port, sizeof v6.sin6_port);
  return storage;
}

}  // namespace

std::size_t Parser::take(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && state_ == State::incomplete) {
    take(static_cast<std::uint8_t>(bytes[taken++]));
  }
  return taken;
}

std::size_t Parser::wanted() const noexcept {
  if (state_ != State::incomplete) return 0;
  if (total_ != 0) return left();
  const bool is_line = part_ == Part::line || size_ == 0 || kept_[0] == word[0];
  if (!is_line) return fixed_size - size_;
  const std::size_t line_end = size_ != 0 && kept_[size_ - 1] == '\r' ? 1 : 2;
  return std::max(size_ < min_line ? min_line - size_ : 0, line_end);
}

void Parser::take(std::uint8_t byte) {
  ++size_;
  // The checksum counts as zeros for itself.
  crc_.add(part_ == Part::tlv_value && is_checksum_ ? 0 : byte);
  if (part_ != Part::tlv_value && part_ != Part::skipped) {
    kept_[kept_size_++] = static_cast<char>(byte);
  }
  switch (part_) {
    case Part::beginning: take_beginning(); break;
    case Part::line: take_of_line(byte); break;
    case Part::fixed:
      if (kept_size_ == fixed_size) take_fixed();
      break;
    case Part::addresses:
      if (kept_size_ == addresses_size(family_)) take_addresses();
      break;
    case Part::tlv_head:
      if (kept_size_ == tlv_head_size) take_tlv_head();
      break;
    case Part::tlv_value:
      if (is_checksum_) take_checksum(byte);
      if (--tlv_left_ == 0) begin_tlv();
      break;
    case Part::skipped: break;
  }
  if (state_ != State::incomplete || total_ == 0 || left() != 0) return;
  if (has_checksum_ && checksum_ != crc_.value()) return fail(Fault::checksum);
  state_ = State::complete;
}

void Parser::take_beginning() {
  const std::string_view so_far(kept_.data(), kept_size_);
  if (so_far == word) {
    part_ = Part::line;
  } else if (so_far == signature) {
    part_ = Part::fixed;
  } else if (!word.starts_with(so_far) && !signature.starts_with(so_far)) {
    fail(Fault::no_header);
  }
}

void Parser::take_of_line(std::uint8_t byte) {
  const bool after_cr = kept_[kept_size_ - 2] == '\r';
  if (after_cr != (byte == '\n')) return fail(Fault::line_end);
  if (!after_cr) {
    if (kept_size_ == max_line) fail(Fault::line_too_long);
    return;
  }
  const std::string_view line(kept_.data(), kept_size_ - 2);
  const Fault fault = read_line(line.substr(word.size()), header_);
  if (fault != Fault::none) return fail(fault);
  state_ = State::complete;
}

void Parser::take_fixed() {
  const std::uint8_t command = kept(12) & 0x0FU;
  if ((kept(12) & 0xF0U) != version_2) return fail(Fault::version);
  if (command > command_proxy) return fail(Fault::command);
  const unsigned family = kept(13) >> 4U;
  const unsigned transport = kept(13) & 0x0FU;
  const std::size_t length = two_bytes(14);
  total_ = fixed_size + length;
  if (total_ > max_size) return fail(Fault::too_long);
  kept_size_ = 0;
  part_ = Part::skipped;
  if (command == command_local) {
    header_.kind = Header::Kind::local;
    return;
  }
  if (family > static_cast<unsigned>(Family::unix_socket)) return fail(Fault::family);
  if (transport > static_cast<unsigned>(Transport::datagram)) return fail(Fault::transport);
  header_.kind = Header::Kind::unknown;
  family_ = static_cast<Family>(family);
  // Without both nothing says where the addresses end.
  if (family == 0 || transport == 0) return;
  if (length < addresses_size(family_)) return fail(Fault::short_addresses);
  // Nobody has connected over datagrams.
  if (static_cast<Transport>(transport) == Transport::stream) {
    header_.kind = Header::Kind::proxied;
  }
  part_ = Part::addresses;
}

void Parser::take_addresses() {
  const char* const at = kept_.data();
  sockaddr_storage source{};
  sockaddr_storage destination{};
  switch (family_) {
    case Family::unspecified: break;
    case Family::inet:
      source = inet_address(at, at + 8);
      destination = inet_address(at + 4, at + 10);
      break;
    case Family::inet6:
      source = inet6_address(at, at + 32);
      destination = inet6_address(at + 16, at + 34);
      break;
    case Family::unix_socket: source.ss_family = destination.ss_family = AF_UNIX; break;
  }
  if (header_.kind == Header::Kind::proxied) {
    header_.source = streams::Endpoint(source);
    header_.destination = streams::Endpoint(destination);
  }
  begin_tlv();
}

void Parser::begin_tlv() {
  kept_size_ = 0;
  part_ = Part::tlv_head;
  if (left() != 0 && left() < tlv_head_size) fail(Fault::tlv);
}

void Parser::take_tlv_head() {
  tlv_left_ = two_bytes(1);
  if (tlv_left_ > left()) return fail(Fault::tlv);
  is_checksum_ = kept(0) == checksum_type;
  if (is_checksum_ && (has_checksum_ || tlv_left_ != checksum_size)) return fail(Fault::checksum);
  has_checksum_ = has_checksum_ || is_checksum_;
  part_ = Part::tlv_value;
  if (tlv_left_ == 0) begin_tlv();
}

void Parser::take_checksum(std::uint8_t byte) { checksum_ = checksum_ << 8U | byte; }

}  // namespace proxy_header
