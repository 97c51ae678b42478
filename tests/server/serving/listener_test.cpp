#include "server/serving/listener.hpp"

#include <optional>

#include "tests/catch.hpp"

using server::serving::Listener;
using server::serving::ListenerUse;

TEST_CASE("a listener is in use until its last connection lets go of it", "[listener]") {
  const server::insight::Registry stats;
  const Listener listener({}, *server::protocols::find_protocol("echo"),
                          {"0", {}, stats, std::chrono::system_clock::now}, nullptr);
  CHECK_FALSE(listener.in_use());
  std::optional<ListenerUse> first(listener);
  std::optional<ListenerUse> second(listener);
  first.reset();
  CHECK(listener.in_use());
  {
    const ListenerUse moved(std::move(*second));
    second.reset();  // what was moved from holds nothing
    CHECK(listener.in_use());
    CHECK(moved->protocol.name == "echo");
  }
  CHECK_FALSE(listener.in_use());
}
