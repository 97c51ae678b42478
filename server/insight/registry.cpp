#include "server/insight/registry.hpp"

#include <algorithm>

namespace server::insight {

std::uint64_t Registry::Figure::sum() const {
  std::uint64_t sum = 0;
  for (const Read& read : parts) sum += read();
  return sum;
}

Registry::Figure& Registry::figure(std::string_view name) {
  const auto found = std::ranges::find(figures_, name, &Figure::name);
  return found != figures_.end() ? *found : figures_.emplace_back(Figure{name, {}});
}

void Registry::add(std::string_view name, Read read) {
  figure(name).parts.push_back(std::move(read));
}

void Registry::add(std::string_view name, const streams::Counter& counter) {
  add(name, [&counter] { return counter.value(); });
}

void Registry::order(std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) figure(name);
}

void Registry::stats(std::vector<std::pair<std::string_view, std::uint64_t>>& out) const {
  for (const Figure& figure : figures_) out.emplace_back(figure.name, figure.sum());
}

std::uint64_t Registry::value(std::string_view name) const {
  const auto found = std::ranges::find(figures_, name, &Figure::name);
  return found == figures_.end() ? 0 : found->sum();
}

}  // namespace server::insight
