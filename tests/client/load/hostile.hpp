// Services that misbehave in one known way after every few messages, and count what they did. One
// at a time: the handlers of service.hpp are plain functions, so what they do is set here.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "streams/sleep.hpp"
#include "tests/client/load/service.hpp"

namespace tests {

enum class Fault : std::uint8_t {
  none,
  dies,    // closes everything, the listening socket as well
  hangs,   // reads on and answers nothing any more
  stalls,  // likewise and does not even read
  resets,
  closes,
  half_closes,  // FIN, and reads on
  swaps,        // a reply and the next one
  drops,
  doubles,
  changes,   // a byte
  floods,    // sends without end
  trickles,  // byte by byte
  late,      // by 20 ms
  count
};
inline constexpr std::array<std::string_view, static_cast<std::size_t>(Fault::count)> fault_names{
    "none",  "dies",  "hangs",   "stalls",  "resets", "closes",   "half-closes",
    "swaps", "drops", "doubles", "changes", "floods", "trickles", "late"};

struct Hostile {
  Fault fault = Fault::none;
  std::uint64_t every = 10;  // messages
  std::uint64_t messages = 0;
  std::uint64_t right = 0;  // replies written as they had to be
  std::uint64_t faults = 0;
  bool dead = false;
};
inline Hostile hostile;

constexpr std::size_t hostile_size = 64;  // of a message

/// What becomes of one message when its turn has come; false when the connection is done with.
inline streams::Task<bool> misbehave(streams::EventLoop& loop, streams::Connection& connection,
                                     std::string message) {
  streams::StreamWriter& writer = connection.writer();
  streams::StreamReader& reader = connection.reader();
  ++hostile.faults;
  switch (hostile.fault) {
    case Fault::dies:
      hostile.dead = true;
      if (Service::current != nullptr) Service::current->die();
      writer.abort();
      co_return false;
    case Fault::hangs:
      while (const streams::Chunk chunk = co_await reader.read(65536)) {
      }
      co_return false;
    case Fault::stalls: {
      const auto forever = std::chrono::hours{1};
      static_cast<void>(co_await streams::sleep_for(loop, forever));
      co_return false;
    }
    case Fault::resets: writer.abort(); co_return false;
    case Fault::closes: co_return false;
    case Fault::half_closes:
      writer.write_eof();
      while (const streams::Chunk chunk = co_await reader.read(65536)) {
      }
      co_return false;
    case Fault::swaps: {
      const streams::Chunk next = co_await reader.readexactly(hostile_size);
      if (!next) co_return false;
      writer.write(next.data);
      writer.write(message);
      break;
    }
    case Fault::drops: break;
    case Fault::doubles:
      ++hostile.right;
      writer.write(message);
      writer.write(message);
      break;
    case Fault::changes:
      message[40] = static_cast<char>(~message[40]);
      writer.write(message);
      break;
    case Fault::floods:
      while (!writer.error()) {
        writer.write(std::string(4096, 'x'));
        const std::error_code ec = co_await writer.drain();
        if (ec) co_return false;
      }
      co_return false;
    case Fault::trickles:
      ++hostile.right;
      for (const char byte : message) {
        writer.write({&byte, 1});
        co_await turn(loop);
      }
      break;
    case Fault::late: {
      const auto delay = std::chrono::milliseconds{20};
      const std::error_code ec = co_await streams::sleep_for(loop, delay);
      if (ec) co_return false;
      ++hostile.right;
      writer.write(message);
      break;
    }
    case Fault::none:
    case Fault::count: break;
  }
  co_return true;
}

inline streams::Task<void> misbehaving(streams::EventLoop& loop, streams::Connection& connection,
                                       std::size_t) {
  for (;;) {
    const streams::Chunk chunk = co_await connection.reader().readexactly(hostile_size);
    if (!chunk) co_return;
    std::string message(chunk.data);
    ++hostile.messages;
    if (hostile.fault != Fault::none && hostile.messages % hostile.every == 0) {
      auto task = misbehave(loop, connection, std::move(message));
      const bool goes_on = co_await std::move(task);
      if (!goes_on) co_return;
    } else {
      ++hostile.right;
      connection.writer().write(message);
    }
    const std::error_code ec = co_await connection.writer().drain();
    if (ec) co_return;
  }
}

}  // namespace tests
