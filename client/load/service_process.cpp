#include "client/load/service_process.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <fstream>
#include <netinet/in.h>
#include <sstream>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

#include "client/load/listeners.hpp"
#include "client/load/processors.hpp"
#include "streams/unique_fd.hpp"

namespace client::load {
namespace {

/// Calls `visit` with each name in a folder, until that returns false. <filesystem> and readdir(3)
/// take three system calls more for each folder, and <filesystem> one for each name.
template <class Visit>
void each_name(int folder, Visit visit) {
  alignas(dirent64) std::array<char, 16 * 1024> names;
  for (;;) {
    const ssize_t size = ::getdents64(folder, names.data(), names.size());
    if (size <= 0) return;
    for (ssize_t at = 0; at < size;) {
      const auto* const entry = reinterpret_cast<const dirent64*>(names.data() + at);
      const char* const name = entry->d_name;
      if (name[0] != '.' && !visit(name)) return;
      at += entry->d_reclen;
    }
  }
}

streams::UniqueFd open_folder(int within, const char* name) noexcept {
  return streams::UniqueFd(::openat(within, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

/// Whether a process, a folder in `proc`, has one of the descriptors that are such `links`.
bool has_one(int proc, const char* process, const std::vector<std::string>& links) {
  const streams::UniqueFd fds = open_folder(proc, (std::string(process) + "/fd").c_str());
  bool found = false;
  each_name(fds.get(), [&](const char* fd) {
    std::array<char, 64> link;
    const ssize_t size = ::readlinkat(fds.get(), fd, link.data(), link.size());
    if (size <= 0) return true;
    const std::string_view text(link.data(), static_cast<std::size_t>(size));
    found = std::ranges::find(links, text) != links.end();
    return !found;
  });
  return found;
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
  for (const std::uint32_t inode : listening_inodes(target)) {
    links.push_back("socket:[" + std::to_string(inode) + ']');
  }
  if (links.empty()) return std::nullopt;
  std::optional<ServiceProcess> service;
  const streams::UniqueFd proc = open_folder(AT_FDCWD, "/proc");
  each_name(proc.get(), [&](const char* process) {
    const int pid = std::atoi(process);
    if (pid <= 0 || pid == ::getpid() || !has_one(proc.get(), process, links)) return true;
    const std::chrono::nanoseconds on_cpu = cpu_time_of(pid);
    // systemd keeps the sockets that it passes on; in a container process 1 may be the service.
    if (!service || service->pid == 1 || (pid != 1 && on_cpu > service->on_cpu))
      service = ServiceProcess{pid, on_cpu, {}};
    return true;
  });
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
