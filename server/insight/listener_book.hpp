// The ListenerBook: the figures of every listener there is, by name. One that a reload removes
// keeps its figures, and its place in a scrape, for as long as it has sessions, and until the next
// reload finds that it has none. On the first worker's thread; the figures are everybody's.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "server/insight/listener_figures.hpp"
#include "server/insight/registry.hpp"

namespace server::insight {

class ListenerBook {
 public:
  /// For so many workers; `registry` outlives this.
  ListenerBook(Registry& registry, std::size_t workers) noexcept
      : registry_(registry), workers_(workers) {}
  ListenerBook(const ListenerBook&) = delete;
  ListenerBook& operator=(const ListenerBook&) = delete;

  /// Those of this name; new ones where there are none. Throws std::bad_alloc.
  std::shared_ptr<ListenerFigures> figures_of(const std::string& name);
  /// Forgets those that nobody else has any more.
  void prune();

 private:
  Registry& registry_;
  const std::size_t workers_;
  std::map<std::string, std::shared_ptr<ListenerFigures>, std::less<>> listeners_;
};

}  // namespace server::insight
