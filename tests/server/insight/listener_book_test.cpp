#include "server/insight/listener_book.hpp"

#include "tests/catch.hpp"

using namespace server::insight;

namespace {

std::size_t listeners_told(const Registry& registry) {
  std::size_t count = 0;
  registry.visit([&count](const Family& family, std::span<const Sample> samples) {
    if (family.name == families::connections.name) count = samples.size();
  });
  return count;
}

}  // namespace

TEST_CASE("a listener's figures are kept by name while anybody has them", "[listener book]") {
  Registry registry;
  ListenerBook book(registry, 2);
  const auto figures = book.figures_of("echo");
  figures->of_worker(1).started.add(3);
  book.prune();
  CHECK(book.figures_of("echo") == figures);
  CHECK(registry.value("connections_total") == 3);
}

TEST_CASE("figures that nobody has any more leave the scrape, and the sums stay",
          "[listener book]") {
  Registry registry;
  ListenerBook book(registry, 2);
  book.figures_of("line");
  book.figures_of("echo")->of_worker(0).started.add(3);
  CHECK(listeners_told(registry) == 2);
  auto line = book.figures_of("line");
  book.prune();
  CHECK(listeners_told(registry) == 1);
  CHECK(registry.value("connections_total") == 3);
  CHECK(book.figures_of("echo")->of_worker(0).started.value() == 0);
}
