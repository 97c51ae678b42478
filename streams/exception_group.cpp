#include "streams/exception_group.hpp"

#include <utility>

namespace streams {
namespace {

std::string describe_all(const std::vector<std::exception_ptr>& exceptions) {
  std::string text = std::to_string(exceptions.size()) + " failures";
  const char* separator = ": ";
  for (const std::exception_ptr& exception : exceptions) {
    text += std::exchange(separator, "; ") + describe(exception);
  }
  return text;
}

}  // namespace

ExceptionGroup::ExceptionGroup(std::vector<std::exception_ptr> exceptions)
    : std::runtime_error(describe_all(exceptions)), exceptions_(std::move(exceptions)) {}

std::string describe(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an unknown exception";
  }
}

}  // namespace streams
