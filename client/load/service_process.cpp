#include "client/load/service_process.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <netinet/in.h>
#include <sstream>
#include <string_view>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

#include "client/load/processors.hpp"
#include "streams/unique_fd.hpp"

namespace client::load {
namespace {

namespace fs = std::filesystem;

/// An IPv4 one mapped into IPv6, in words as the kernel keeps and prints them.
using IpAddress = std::array<std::uint32_t, 4>;
constexpr IpAddress any_v6{};

IpAddress mapped(std::uint32_t v4) { return {0, 0, htonl(0xffff), v4}; }

IpAddress ip_address_of(const streams::Endpoint& endpoint) {
  IpAddress address;
  if (endpoint.family() == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, endpoint.address(), sizeof v4);
    return mapped(v4.sin_addr.s_addr);
  }
  sockaddr_in6 v6;
  std::memcpy(&v6, endpoint.address(), sizeof v6);
  std::memcpy(&address, &v6.sin6_addr, sizeof address);
  return address;
}

// A table has a line for each socket of the machine: after churn tens of thousands.

void skip_spaces(std::string_view& words) noexcept {
  words.remove_prefix(std::min(words.find_first_not_of(' '), words.size()));
}

std::string_view take_word(std::string_view& words) noexcept {
  skip_spaces(words);
  const std::string_view word = words.substr(0, words.find(' '));
  words.remove_prefix(word.size());
  return word;
}

void skip_words(std::string_view& words, int count) noexcept {
  for (; count > 0; --count) take_word(words);
}

std::uint32_t number_of(std::string_view hexadecimal) noexcept {
  std::uint32_t number = 0;
  std::from_chars(hexadecimal.data(), hexadecimal.data() + hexadecimal.size(), number, 16);
  return number;
}

/// As /proc/net/tcp and tcp6 have it, up to the port.
IpAddress parse_ip_address(std::string_view text) noexcept {
  constexpr std::size_t digits = 8;
  IpAddress words{};
  std::size_t count = 0;
  for (; count < words.size() && text.size() >= digits; text.remove_prefix(digits)) {
    words[count++] = number_of(text.substr(0, digits));
  }
  return count == 1 ? mapped(words[0]) : words;
}

/// Whether who listens at `local` may be given a connection to `wanted`.
bool takes(const IpAddress& local, const IpAddress& wanted) {
  const bool is_v4 = std::equal(wanted.begin(), wanted.begin() + 3, mapped(0).begin());
  return local == wanted || local == any_v6 || (is_v4 && local == mapped(0));
}

/// The inodes of the sockets that listen at an address, in a table such as /proc/net/tcp.
void add_listeners(std::vector<std::string>& inodes, const char* table,
                   const streams::Endpoint& endpoint) {
  constexpr std::string_view listening = "0A";
  const IpAddress wanted = ip_address_of(endpoint);
  std::ifstream file(table);
  for (std::string line; std::getline(file, line);) {
    std::string_view words(line);
    skip_words(words, 1);  // the slot
    const std::string_view local = take_word(words);
    skip_words(words, 1);  // the remote address
    if (take_word(words) != listening) continue;
    const std::size_t colon = local.rfind(':');
    if (colon == std::string_view::npos) continue;
    if (number_of(local.substr(colon + 1)) != endpoint.port()) continue;
    if (!takes(parse_ip_address(local.substr(0, colon)), wanted)) continue;
    skip_words(words, 5);  // queues, timer, retransmissions, user, time-out
    inodes.emplace_back(take_word(words));
  }
}

void add_listeners(std::vector<std::string>& inodes, const std::string& path) {
  // SO_ACCEPTCON, as the kernel prints a socket's flags.
  constexpr std::string_view listening = "00010000";
  std::ifstream file("/proc/net/unix");
  for (std::string line; std::getline(file, line);) {
    std::string_view words(line);
    skip_words(words, 3);  // address, references, protocol
    if (take_word(words) != listening) continue;
    skip_words(words, 2);  // type, state
    const std::string_view inode = take_word(words);
    skip_spaces(words);
    if (words == path) inodes.emplace_back(inode);
  }
}

bool has_socket(const fs::path& process, const std::vector<std::string>& links) {
  std::error_code ec;
  for (fs::directory_iterator file(process / "fd", ec); !ec && file != fs::directory_iterator();
       file.increment(ec)) {
    std::error_code gone;
    const std::string link = fs::read_symlink(file->path(), gone);
    if (std::ranges::find(links, link) != links.end()) return true;
  }
  return false;
}

}  // namespace

bool is_local(const TargetAddress& target) {
  const auto* const endpoint = std::get_if<streams::Endpoint>(&target);
  if (endpoint == nullptr) return true;
  sockaddr_storage address{};
  std::memcpy(&address, endpoint->address(), endpoint->address_size());
  // Any port; the place is the same in both families.
  reinterpret_cast<sockaddr_in*>(&address)->sin_port = 0;
  const streams::UniqueFd fd(::socket(endpoint->family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  return fd && ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address),
                      endpoint->address_size()) == 0;
}

std::optional<ServiceProcess> find_service(const TargetAddress& target) {
  std::vector<std::string> links;
  if (const auto* const endpoint = std::get_if<streams::Endpoint>(&target)) {
    add_listeners(links, "/proc/net/tcp", *endpoint);
    add_listeners(links, "/proc/net/tcp6", *endpoint);
  } else {
    add_listeners(links, std::get<streams::UnixPath>(target).path);
  }
  if (links.empty()) return std::nullopt;
  for (std::string& inode : links) inode = "socket:[" + inode + ']';
  std::optional<ServiceProcess> service;
  std::error_code ec;
  for (fs::directory_iterator process("/proc", ec); !ec && process != fs::directory_iterator();
       process.increment(ec)) {
    const int pid = std::atoi(process->path().filename().c_str());
    if (pid <= 0 || pid == ::getpid() || !has_socket(process->path(), links)) continue;
    const std::chrono::nanoseconds on_cpu = cpu_time_of(pid);
    // systemd keeps the sockets that it passes on; in a container process 1 may be the service.
    if (!service || service->pid == 1 || (pid != 1 && on_cpu > service->on_cpu))
      service = ServiceProcess{pid, on_cpu, {}};
  }
  if (service) service->processors = Processors::of_process(service->pid);
  return service;
}

std::chrono::nanoseconds cpu_time_of(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(file, line);
  // Its name may have anything in it, parentheses and spaces, too.
  std::istringstream words(line.substr(std::min(line.rfind(')'), line.size())));
  std::string skipped;
  for (int i = 0; i < 12; ++i) words >> skipped;
  std::int64_t user = 0;
  std::int64_t system = 0;
  if (!(words >> user >> system)) return {};
  return (user + system) * (std::chrono::nanoseconds{1'000'000'000} / ::sysconf(_SC_CLK_TCK));
}

std::chrono::nanoseconds own_cpu_time() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

std::string own_command() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::string command;
  for (std::string word; std::getline(file, word, '\0');) {
    if (!command.empty()) command += ' ';
    command += shell_quoted(word);
  }
  return command;
}

std::string shell_quoted(const std::string& word) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"-_./:,=@%+"}.find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::ranges::all_of(word, is_plain)) return word;
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + '\'';
}

}  // namespace client::load
