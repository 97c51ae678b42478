#include "server/sockets/unix_access.hpp"

#include <algorithm>
#include <cerrno>
#include <grp.h>
#include <stdexcept>
#include <system_error>
#include <unistd.h>
#include <vector>

#include "streams/text/escape.hpp"
#include "streams/text/number.hpp"

namespace server::sockets {
namespace {

std::string the_group(const std::string& group) { return "the group " + text::quoted(group); }

gid_t find_group(const std::string& group) {
  if (const auto number = text::whole_number<gid_t>(group)) return *number;
  std::vector<char> buffer(1024);
  ::group entry{};
  ::group* found = nullptr;
  int error = 0;
  while ((error = ::getgrnam_r(group.c_str(), &entry, buffer.data(), buffer.size(), &found)) ==
         ERANGE) {
    buffer.resize(2 * buffer.size());
  }
  if (error != 0) throw std::system_error(error, std::system_category(), the_group(group));
  if (found == nullptr) throw std::runtime_error(the_group(group) + " does not exist");
  return entry.gr_gid;
}

bool is_member(gid_t group) {
  if (group == ::getegid()) return true;
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(::getgroups(0, nullptr), 0)));
  const int count = ::getgroups(static_cast<int>(groups.size()), groups.data());
  if (count < 0) return false;
  return std::find(groups.begin(), groups.begin() + count, group) != groups.begin() + count;
}

}  // namespace

UnixAccess unix_access(const std::string& mode, const std::string& group) {
  UnixAccess access;
  if (!mode.empty()) access.mode = text::whole_number<mode_t>(mode, 8);
  if (!group.empty()) {
    access.group = find_group(group);
    if (!is_member(*access.group)) {
      throw std::runtime_error(
          the_group(group) +
          " is not one of this process's groups; SupplementaryGroups= in the unit adds "
          "it");
    }
  }
  return access;
}

}  // namespace server::sockets
