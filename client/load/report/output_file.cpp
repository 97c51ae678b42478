#include "client/load/report/output_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace client::load::report {
namespace {

std::error_code last_error() { return {errno, std::system_category()}; }

// A descriptor of our own, so that closing it leaves the program's standard output open.
std::FILE* open(const std::string& name) {
  if (name != "-") return std::fopen(name.c_str(), "we");
  const int copy = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
  return copy < 0 ? nullptr : ::fdopen(copy, "w");
}

}  // namespace

OutputFile::OutputFile(std::string name) : name_(std::move(name)) {
  if (name_.empty()) return;
  file_.reset(open(name_));
  if (file_ == nullptr) throw std::system_error(last_error(), "cannot write " + name_);
}

void OutputFile::write(std::string_view text) {
  if (file_ == nullptr || ec_) return;
  const bool whole = std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size();
  if (!whole || std::fflush(file_.get()) != 0) ec_ = last_error();
}

std::string OutputFile::close() {
  if (file_ == nullptr) return {};
  if (std::fclose(file_.release()) != 0 && !ec_) ec_ = last_error();
  return ec_ ? "cannot write " + name_ + ": " + ec_.message() : std::string{};
}

}  // namespace client::load::report
