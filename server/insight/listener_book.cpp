#include "server/insight/listener_book.hpp"

#include <new>

namespace server::insight {

std::shared_ptr<ListenerFigures> ListenerBook::figures_of(const std::string& name) {
  if (const auto found = listeners_.find(name); found != listeners_.end()) return found->second;
  auto figures = std::make_shared<ListenerFigures>(name, workers_);
  try {
    figures->add_to(registry_);
    return listeners_.emplace(name, figures).first->second;
  } catch (const std::bad_alloc&) {
    registry_.remove(figures->label());
    throw;
  }
}

void ListenerBook::prune() {
  for (auto entry = listeners_.begin(); entry != listeners_.end();) {
    if (entry->second.use_count() != 1) {
      ++entry;
      continue;
    }
    registry_.remove(entry->second->label());
    entry = listeners_.erase(entry);
  }
}

}  // namespace server::insight
