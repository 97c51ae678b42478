// ExceptionGroup: several failures that belong together, as one exception; Python's ExceptionGroup.
// A TaskGroup throws it where more than one child failed.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

namespace streams {

class ExceptionGroup final : public std::runtime_error {
 public:
  /// None of `exceptions` is null. what() has the text of each.
  explicit ExceptionGroup(std::vector<std::exception_ptr> exceptions);

  /// In the order in which they were thrown.
  const std::vector<std::exception_ptr>& exceptions() const noexcept { return exceptions_; }

 private:
  std::vector<std::exception_ptr> exceptions_;
};

/// The what() of an exception; of one that is no std::exception, that it is unknown.
std::string describe(const std::exception_ptr& exception);

}  // namespace streams
