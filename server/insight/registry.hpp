// The Registry: all figures of the server, under the names that STATS, the log and the status line
// give them. Whoever counts something registers it and goes on counting; the registry asks when it
// is asked. Figures of one name, such as every worker's, are one figure, their sum.
//
// Filled before the server's threads run, on the first one; constant from there on, so that any
// thread may read, several at once.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "streams/counter.hpp"

namespace server::insight {

class Registry {
 public:
  /// Reads a figure, on any thread. What it reads from outlives the registry's readers.
  using Read = std::function<std::uint64_t()>;

  Registry() = default;
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  /// `name` is static and holds no line end. The figures' order is that of their first mention.
  void add(std::string_view name, Read read);
  void add(std::string_view name, const streams::Counter& counter);
  /// Mentions these, which are registered later.
  void order(std::initializer_list<std::string_view> names);

  /// Appends every figure.
  void stats(std::vector<std::pair<std::string_view, std::uint64_t>>& out) const;
  /// One of them; 0 if there is none of that name.
  std::uint64_t value(std::string_view name) const;

 private:
  struct Figure {
    std::string_view name;
    std::vector<Read> parts;

    std::uint64_t sum() const;
  };
  Figure& figure(std::string_view name);

  std::vector<Figure> figures_;
};

}  // namespace server::insight
