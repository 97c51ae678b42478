#include "client/measure/v2_encoding.hpp"

#include <bit>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <zlib.h>

namespace client::measure {
namespace {

// 0x10 says that counts are ZigZag LEB128.
constexpr std::uint32_t cookie = 0x1c849303 | 0x10;
constexpr std::uint32_t compressed_cookie = 0x1c849304 | 0x10;

template <typename T>
void put_big_endian(std::string& out, T value) {
  for (int shift = static_cast<int>(sizeof value) * 8 - 8; shift >= 0; shift -= 8) {
    out += static_cast<char>(value >> shift);
  }
}

// LEB128 with at most nine bytes: the last one has eight bits of the number and no flag.
void put_zigzag(std::string& out, std::int64_t number) {
  auto rest = (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63);
  for (int byte = 1; byte < 9 && rest > 0x7f; ++byte) {
    out += static_cast<char>((rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  out += static_cast<char>(rest);
}

// A negative number stands for so many slots with nothing in them.
std::string encode_counts(std::span<const std::uint64_t> counts) {
  std::string out;
  for (std::size_t slot = 0; slot < counts.size();) {
    std::size_t empty = 0;
    while (slot + empty < counts.size() && counts[slot + empty] == 0) ++empty;
    if (empty > 1) {
      put_zigzag(out, -static_cast<std::int64_t>(empty));
      slot += empty;
    } else {
      put_zigzag(out, static_cast<std::int64_t>(counts[slot]));
      ++slot;
    }
  }
  return out;
}

std::string deflated(std::string_view bytes) {
  uLongf size = compressBound(bytes.size());
  std::string out(size, '\0');
  const int result = compress(reinterpret_cast<Bytef*>(out.data()), &size,
                              reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  if (result != Z_OK) throw std::runtime_error("zlib cannot compress a histogram: out of memory");
  out.resize(size);
  return out;
}

}  // namespace

std::string encode_v2(const Histogram& histogram) {
  const std::string counts =
      encode_counts(histogram.counts().first(Histogram::slot_of(histogram.max()) + 1));
  std::string out;
  put_big_endian(out, cookie);
  put_big_endian(out, static_cast<std::uint32_t>(counts.size()));
  put_big_endian(out, std::uint32_t{0});  // the normalizing index offset: counts begin at slot 0
  put_big_endian(out, std::uint32_t{Histogram::significant_digits});
  put_big_endian(out, std::uint64_t{1});  // the lowest discernible value
  put_big_endian(out, static_cast<std::uint64_t>(Histogram::highest.count()));
  put_big_endian(out, std::bit_cast<std::uint64_t>(1.0));  // from its integers to its values
  return out + counts;
}

std::string encode_v2_compressed(const Histogram& histogram) {
  const std::string payload = deflated(encode_v2(histogram));
  std::string out;
  put_big_endian(out, compressed_cookie);
  put_big_endian(out, static_cast<std::uint32_t>(payload.size()));
  return out + payload;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view group = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      bits = bits << 8 | (j < group.size() ? static_cast<unsigned char>(group[j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      out += j <= group.size() ? digits[bits >> (18 - 6 * j) & 63] : '=';
    }
  }
  return out;
}

}  // namespace client::measure
