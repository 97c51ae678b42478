// What cases expect of a Socket, in words: each waits as long as case.hpp says and throws Broken
// where it is not so. The sockets outlive the wait. The loop's thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "client/doctor/case.hpp"
#include "client/doctor/socket.hpp"
#include "streams/task.hpp"

namespace client::doctor {

struct Pair;

/// Octets as a finding has them: the first of them, quoted, in printable characters.
std::string shown(std::string_view octets);

/// All of it is taken.
streams::Task<void> send(Socket& socket, std::string octets);
/// The same of the pattern `seed`.
streams::Task<void> send_pattern(Socket& socket, unsigned seed, std::uint64_t count);

/// Behind what was received before come exactly these octets.
streams::Task<void> expect(Socket& socket, std::string octets);
/// The pattern `seed`, `count` octets of it, from the next octet on that this socket receives.
streams::Task<void> expect_pattern(Socket& socket, unsigned seed, std::uint64_t count);
/// FIN, and no octet more before it.
streams::Task<void> expect_fin(Socket& socket);
/// RST, whatever octets come before it.
streams::Task<void> expect_reset(Socket& socket);
/// One or the other, whatever octets come before it.
streams::Task<void> expect_end(Socket& socket);
/// A request and its answer pass.
streams::Task<void> expect_talk(const Pair& pair);
/// So long nothing comes, neither an octet nor an end.
streams::Task<void> expect_silence(Socket& socket, std::chrono::nanoseconds time);

}  // namespace client::doctor
