#include "server/sockets/unix_access.hpp"

#include <algorithm>
#include <grp.h>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

#include "tests/catch.hpp"

using server::sockets::unix_access;

namespace {

std::string refusal(const std::string& group) {
  try {
    unix_access("", group);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "was taken";
}

/// A group that this process is not in.
gid_t foreign_group() {
  std::vector<gid_t> own(static_cast<std::size_t>(::getgroups(0, nullptr)));
  REQUIRE(::getgroups(static_cast<int>(own.size()), own.data()) >= 0);
  own.push_back(::getegid());
  gid_t group = 54321;
  while (std::find(own.begin(), own.end(), group) != own.end()) ++group;
  return group;
}

}  // namespace

TEST_CASE("a mode is octal, and what is empty is left alone", "[unix_access]") {
  CHECK(unix_access("0660", "").mode == 0660U);
  CHECK(unix_access("777", "").mode == 0777U);
  CHECK(unix_access("0000", "").mode == 0U);
  CHECK_FALSE(unix_access("", "").mode);
  CHECK_FALSE(unix_access("", "").group);
}

TEST_CASE("a group is one of the process's, by name or number", "[unix_access]") {
  CHECK(unix_access("", std::to_string(::getegid())).group == ::getegid());
  if (const ::group* const own = ::getgrgid(::getegid()); own != nullptr) {
    CHECK(unix_access("", own->gr_name).group == ::getegid());
  }
  CHECK(refusal("no-such-group") == "the group \"no-such-group\" does not exist");
  const std::string foreign = std::to_string(foreign_group());
  CHECK(refusal(foreign) ==
        "the group \"" + foreign +
            "\" is not one of this process's groups; SupplementaryGroups= in the unit adds it");
}
