// An OwnedPath: the file of a Unix socket that we bound, removed with this object. A value with one
// owner; any thread.
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>

namespace streams {

/// A file, whatever it is called.
struct FileId {
  dev_t device = 0;
  ino_t inode = 0;

  bool operator==(const FileId&) const = default;
  /// Of the file that `path` names now, a symbolic link itself; none if there is no such file.
  static std::optional<FileId> of(const std::string& path) noexcept;
};

class OwnedPath {
 public:
  /// None.
  OwnedPath() = default;
  OwnedPath(std::string path, const FileId& file) noexcept : path_(std::move(path)), file_(file) {}
  OwnedPath(OwnedPath&& other) noexcept
      : path_(std::exchange(other.path_, {})), file_(other.file_) {}
  OwnedPath& operator=(OwnedPath&& other) noexcept {
    if (this != &other) {
      remove();
      path_ = std::exchange(other.path_, {});
      file_ = other.file_;
    }
    return *this;
  }
  ~OwnedPath() { remove(); }

  /// Whether somebody has removed the name, or it is another file's now.
  bool is_lost() const noexcept { return !path_.empty() && FileId::of(path_) != file_; }
  /// Removes the name, unless it has become another file's meanwhile.
  void remove() noexcept;

 private:
  std::string path_;
  FileId file_;
};

}  // namespace streams
