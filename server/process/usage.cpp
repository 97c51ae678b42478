#include "server/process/usage.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <system_error>
#include <time.h>
#include <unistd.h>

namespace server::process {
namespace {

std::chrono::microseconds to_microseconds(const timeval& time) noexcept {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

/// Number `index`, counted from 0, of the words behind the program's name, which may hold anything.
std::optional<std::uint64_t> word_of_stat(std::size_t index) {
  std::ifstream file("/proc/self/stat");
  std::string text;
  std::getline(file, text);
  std::istringstream words(text.substr(text.rfind(')') + 1));
  std::string word;
  for (std::size_t i = 0; i <= index; ++i) words >> word;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  return error == std::errc{} ? std::optional(value) : std::nullopt;
}

/// Hundredths of a second.
std::int64_t now_of(clockid_t clock) noexcept {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::int64_t{now.tv_sec} * 100 + now.tv_nsec / 10'000'000;
}

}  // namespace

Usage::Usage() noexcept : statm_(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC)) {}

Usage::Memory Usage::memory() const noexcept {
  std::array<char, 128> text{};
  if (::pread(statm_.get(), text.data(), text.size() - 1, 0) <= 0) return {};
  unsigned long long size = 0;
  unsigned long long resident = 0;
  if (std::sscanf(text.data(), "%llu %llu", &size, &resident) != 2) return {};
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return {resident * page, size * page};
}

std::chrono::microseconds Usage::cpu_time() noexcept {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return to_microseconds(usage.ru_utime) + to_microseconds(usage.ru_stime);
}

std::optional<std::uint64_t> Usage::open_files() noexcept {
  struct stat status {};
  if (::stat("/proc/self/fd", &status) != 0 || status.st_size == 0) return std::nullopt;
  return static_cast<std::uint64_t>(status.st_size);
}

std::uint64_t Usage::max_files() noexcept {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

// The time of the boot is not read from /proc/stat, which ProcSubset=pid of systemd hides.
std::optional<std::uint64_t> Usage::start_time() {
  constexpr std::size_t start = 19;  // proc(5), field 22
  const std::optional<std::uint64_t> ticks = word_of_stat(start);
  if (!ticks) return std::nullopt;
  const auto boot = static_cast<std::uint64_t>(now_of(CLOCK_REALTIME) - now_of(CLOCK_BOOTTIME));
  const auto ticks_a_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  return boot + *ticks * 100 / ticks_a_second;
}

}  // namespace server::process
