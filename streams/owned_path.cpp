#include "streams/owned_path.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "streams/folder_lock.hpp"

namespace streams {

std::optional<FileId> FileId::of(const std::string& path) noexcept {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return std::nullopt;
  return FileId{status.st_dev, status.st_ino};
}

void OwnedPath::remove() noexcept {
  if (path_.empty()) return;
  // A stop waits for nobody: who keeps the lock for longer than it takes to bind does not bind.
  const FolderLock lock(path_, std::chrono::milliseconds{20});
  if (FileId::of(path_) == file_) ::unlink(path_.c_str());
  path_.clear();
}

}  // namespace streams
