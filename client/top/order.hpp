// Order: which target stands first on the screen. Pure, any thread.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "client/top/readings.hpp"
#include "client/top/target_state.hpp"

namespace client::top {

/// As they were given, by name, or by a reading, the largest first and those without one last.
struct Order {
  bool by_name = false;
  std::optional<Reading> by;

  /// What it is called.
  std::string_view key() const noexcept;
};

/// `given`, `target`, or the key of a column; nothing for any other word.
std::optional<Order> order_of(std::string_view key) noexcept;
/// The words that order_of() takes.
std::vector<std::string_view> order_keys();
/// The order that a key of the keyboard asks for; nothing for any other.
std::optional<Order> order_of_letter(char letter) noexcept;

/// The targets in their order; equals as they were given.
std::vector<const TargetState*> sorted(std::span<const TargetState> targets, const Order& order);

}  // namespace client::top
