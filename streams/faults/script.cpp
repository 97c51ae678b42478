#include "streams/faults/script.hpp"

namespace faults {

AtAccept at_accept(const Plan&, const Identity&) { return {}; }

Script::Script(const Plan& plan, const Identity& who, Time)
    : at_accept_(faults::at_accept(plan, who)),
      input_(Direction::input),
      output_(Direction::output) {}

void Script::reply_ends(std::uint64_t) {}
void Script::hurry() noexcept {}
Here Script::here() const noexcept {
  return {input_.position(), output_.position(), input_.lines(), output_.lines()};
}
bool Script::add(const Fault&, const Here&, Time) { return false; }
void Script::clear() {}
std::vector<std::string> Script::show() const { return {}; }
std::string Script::met() const { return {}; }

}  // namespace faults
