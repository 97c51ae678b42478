#include "client/top/order.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace client::top {
namespace {

constexpr std::string_view as_given = "given";
constexpr std::string_view by_target = "target";

struct Letter {
  char letter;
  std::string_view key;
};

constexpr std::array<Letter, 11> letters{{{'g', as_given},
                                          {'t', by_target},
                                          {'c', "connections"},
                                          {'a', "accepted"},
                                          {'r', "refused"},
                                          {'w', "waiting"},
                                          {'i', "in"},
                                          {'o', "out"},
                                          {'l', "lag99"},
                                          {'s', "stalled"},
                                          {'x', "retransmits"}}};

}  // namespace

std::string_view Order::key() const noexcept {
  if (by) return columns[static_cast<std::size_t>(*by)].key;
  return by_name ? by_target : as_given;
}

std::optional<Order> order_of(std::string_view key) noexcept {
  if (key == as_given) return Order{};
  if (key == by_target) return Order{.by_name = true, .by = {}};
  const auto found = std::ranges::find(columns, key, &Column::key);
  if (found == columns.end()) return std::nullopt;
  return Order{.by = static_cast<Reading>(found - columns.begin())};
}

std::vector<std::string_view> order_keys() {
  std::vector<std::string_view> keys{as_given, by_target};
  for (const Column& column : columns) keys.push_back(column.key);
  return keys;
}

std::optional<Order> order_of_letter(char letter) noexcept {
  const auto found = std::ranges::find(letters, letter, &Letter::letter);
  return found == letters.end() ? std::nullopt : order_of(found->key);
}

std::vector<const TargetState*> sorted(std::span<const TargetState> targets, const Order& order) {
  std::vector<const TargetState*> all;
  for (const TargetState& target : targets) all.push_back(&target);
  if (order.by_name) std::ranges::stable_sort(all, {}, &TargetState::name);
  if (order.by) {
    const double last = -std::numeric_limits<double>::infinity();
    std::ranges::stable_sort(all, std::ranges::greater{},
                             [&order, last](const TargetState* target) {
                               return target->readings[*order.by].value_or(last);
                             });
  }
  return all;
}

}  // namespace client::top
