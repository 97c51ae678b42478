// A Parser: reads one header of the PROXY protocol, of either version, from the bytes at the
// beginning of a connection as they come. It does no I/O and keeps no more of them than the
// addresses; TLVs are counted, and the checksum among them is compared. Driven by whoever reads the
// connection; views are not kept.
//
// Strict where the specification is, save that IPv6 may be written in whatever way inet_pton(3)
// reads, as all who send it do.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "streams/proxy_header/binary.hpp"
#include "streams/proxy_header/crc32c.hpp"
#include "streams/proxy_header/fault.hpp"
#include "streams/proxy_header/header.hpp"

namespace proxy_header {

class Parser {
 public:
  enum class State : std::uint8_t { incomplete, complete, malformed };

  /// Takes the bytes that follow those it has taken, as far as they are the header's: how many
  /// those are. Fewer than there are only where it is then complete or malformed.
  std::size_t take(std::string_view bytes);
  State state() const noexcept { return state_; }
  /// While incomplete, how many bytes are certainly still to come, at least 1: who reads no more at
  /// a time leaves what follows the header where it is. Else 0.
  std::size_t wanted() const noexcept;

  /// Once complete.
  const Header& header() const noexcept { return header_; }
  /// Once malformed; else none.
  Fault fault() const noexcept { return fault_; }
  /// Bytes taken so far.
  std::size_t size() const noexcept { return size_; }

 private:
  enum class Part : std::uint8_t {
    beginning,
    line,
    fixed,
    addresses,
    tlv_head,
    tlv_value,
    skipped
  };

  void take(std::uint8_t byte);
  void take_beginning();
  void take_of_line(std::uint8_t byte);
  void take_fixed();
  void take_addresses();
  void take_tlv_head();
  void take_checksum(std::uint8_t byte);
  void begin_tlv();
  void fail(Fault fault) noexcept {
    fault_ = fault;
    state_ = State::malformed;
  }
  std::uint8_t kept(std::size_t at) const noexcept { return static_cast<std::uint8_t>(kept_[at]); }
  std::size_t two_bytes(std::size_t at) const noexcept {
    return std::size_t{kept(at)} << 8U | kept(at + 1);
  }
  std::size_t left() const noexcept { return total_ - size_; }

  std::array<char, 2 * unix_path_size> kept_{};  // of the present part, or all of a line
  std::size_t kept_size_ = 0;
  std::size_t size_ = 0;
  std::size_t total_ = 0;     // of version 2, once it is known
  std::size_t tlv_left_ = 0;  // of its value
  std::uint32_t checksum_ = 0;
  Crc32c crc_;
  Header header_;
  State state_ = State::incomplete;
  Part part_ = Part::beginning;
  Fault fault_ = Fault::none;
  Family family_ = Family::unspecified;
  bool is_checksum_ = false;   // the present TLV
  bool has_checksum_ = false;  // one came
};

}  // namespace proxy_header
