#include "server/sockets/unix_socket.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

#include "server/sockets/bind_error.hpp"
#include "streams/folder_lock.hpp"
#include "streams/listen.hpp"
#include "streams/owned_path.hpp"
#include "streams/unique_fd.hpp"

namespace server::sockets {
namespace {

/// Others hold the lock for microseconds; who has it for longer than this has it for good.
constexpr std::chrono::milliseconds patience{200};

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

sockaddr_un address_of(const std::string& path) noexcept {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  // streams::parse_address() has checked that it fits.
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

/// What came of connecting there without waiting: 0 or an errno value. EAGAIN is a listener too,
/// with its backlog full.
int probe(const std::string& path) {
  const streams::UniqueFd fd = streams::open_socket(AF_UNIX);
  const sockaddr_un address = address_of(path);
  const int result =
      ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return result == 0 ? 0 : errno;
}

// A socket that nobody answers on may be replaced; anything else that is there is somebody's.
void make_way(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return;
  const auto in_use = [](const std::string& advice) { throw BindError(EADDRINUSE, advice); };
  switch (status.st_mode & S_IFMT) {
    case S_IFSOCK: break;
    case S_IFDIR:
      return in_use("there is a directory at that path: choose a path in it, or another one");
    case S_IFLNK:
      return in_use("there is a symbolic link at that path: give the path that it points to");
    default: return in_use("there is a file at that path: remove it or choose another path");
  }
  switch (const int error = probe(path)) {
    case 0:
    case EAGAIN:
      return in_use("another process listens on that path: stop it or choose another path");
    case EPROTOTYPE:
      return in_use(
          "another process has a socket of another type at that path: stop it or choose another "
          "path");
    case EACCES:
    case EPERM:
      return in_use("another user's socket is at that path, and this user may not connect to it");
    case ENOENT: return;
    case ECONNREFUSED: break;
    default: throw BindError(error, "checking whether somebody listens there");
  }
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    throw BindError(errno,
                    "a process that has ended left its socket at that path, and this user may not "
                    "remove it");
  }
}

std::string advice(int error, const std::string& path) {
  switch (error) {
    case EACCES:
    case EPERM:
      return "this user may not create a file in " + folder_of(path) +
             ": choose a directory of its own, such as a unit's RuntimeDirectory=";
    case EROFS:
      return folder_of(path) +
             " is on a read-only file system: choose another directory, such as a unit's "
             "RuntimeDirectory=";
    case ENOENT: return "there is no directory " + folder_of(path) + ": create it first";
    case ENOTDIR: return "a component of the path is not a directory";
    case ELOOP: return "the symbolic links in the path form a loop";
    case ENOSPC:
    case EDQUOT: return "there is no room for a file in " + folder_of(path);
    case EADDRINUSE: return "something else was created there at the same moment";
    default: return {};
  }
}

void check(int result, const std::string& path) {
  if (result >= 0) return;
  const int error = errno;
  throw BindError(error, advice(error, path));
}

/// The file that bind(2) has just made, whatever happens to its name.
class MadeFile {
 public:
  explicit MadeFile(const std::string& path)
      : fd_(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC)) {
    struct stat status {};
    if (!fd_ || ::fstat(fd_.get(), &status) != 0) throw BindError(errno, "");
    // In a folder that others write to, it may be theirs by now.
    if (!S_ISSOCK(status.st_mode) || status.st_uid != ::geteuid()) {
      throw BindError(EADDRINUSE, "something else was created there at the same moment");
    }
  }

  void set_group(gid_t group) const {
    if (::fchownat(fd_.get(), "", ::uid_t(-1), group, AT_EMPTY_PATH) != 0) {
      throw BindError(errno, "this user may not give the socket to that group");
    }
  }

  void set_mode(mode_t mode) const {
    // fchmod(2) does not take a descriptor of O_PATH.
    const std::string name = "/proc/self/fd/" + std::to_string(fd_.get());
    if (::chmod(name.c_str(), mode) == 0) return;
    throw BindError(errno, errno == ENOENT
                               ? "the socket's mode can only be set where /proc is mounted"
                               : "setting the socket's mode");
  }

 private:
  const streams::UniqueFd fd_;
};

}  // namespace

BoundSocket bind_unix(const std::string& path, int backlog, const UnixAccess& access) {
  BoundSocket socket;
  // Until listen(2), lest another takes for left behind what does not listen yet.
  const streams::FolderLock lock(path, patience);
  if (lock.is_taken()) {
    throw BindError(EBUSY, "another program keeps the lock, flock(2), on " + folder_of(path));
  }
  make_way(path);
  socket.fd = streams::open_socket(AF_UNIX);
  const sockaddr_un address = address_of(path);
  check(::bind(socket.fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), path);
  socket.path = streams::OwnedPath(path, streams::FileId::of(path).value_or(streams::FileId{}));
  if (access.mode || access.group) {
    const MadeFile file(path);
    if (access.group) file.set_group(*access.group);
    if (access.mode) file.set_mode(*access.mode);
  }
  check(::listen(socket.fd.get(), backlog), path);
  return socket;
}

}  // namespace server::sockets
