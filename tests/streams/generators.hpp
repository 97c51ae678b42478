// Generators that tests of AsyncGenerator consume, and the ways in which they do.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "streams/async_generator.hpp"
#include "streams/event.hpp"
#include "streams/task.hpp"

namespace tests {

using streams::AsyncGenerator;
using streams::Task;

using Log = std::vector<std::string>;

/// Notes its end, once, however it is moved.
class Noted {
 public:
  Noted(Log* log, std::string name) : log_(log), name_(std::move(name)) {}
  Noted(Noted&& other) noexcept
      : log_(std::exchange(other.log_, nullptr)), name_(std::move(other.name_)) {}
  Noted& operator=(Noted&&) = delete;
  ~Noted() {
    if (log_ != nullptr) log_->push_back(name_ + " ends");
  }
  const std::string& name() const { return name_; }

 private:
  Log* log_;
  std::string name_;
};

inline AsyncGenerator<int> count(int end) {
  for (int i = 1; i <= end; ++i) co_yield i;
}

inline AsyncGenerator<Noted> noted(Log* log, Noted argument) {
  const Noted local(log, "local");
  log->push_back("begins with " + argument.name());
  for (int i = 1;; ++i) co_yield Noted(log, std::to_string(i));
}

/// 1 once `event` is set, or -1 when cancelled before that; then 2.
inline AsyncGenerator<int> after(streams::Event& event) {
  const bool happened = co_await event.wait();
  co_yield happened ? 1 : -1;
  co_yield 2;
}

/// What next() gives; nothing at the end.
inline Task<std::optional<int>> take(AsyncGenerator<int>& numbers) {
  const int* const number = co_await numbers.next();
  co_return number == nullptr ? std::nullopt : std::optional<int>(*number);
}

inline Task<std::vector<int>> take_all(AsyncGenerator<int>& numbers) {
  std::vector<int> all;
  while (const int* number = co_await numbers.next()) all.push_back(*number);
  co_return all;
}

inline Task<void> note_next(AsyncGenerator<int>& numbers, std::optional<int>& number) {
  number = co_await take(numbers);
}

}  // namespace tests
