#include "server/config_source.hpp"

#include <utility>

#include "config/listen.hpp"
#include "config/load.hpp"
#include "config/protocol.hpp"
#include "server/protocols/protocol.hpp"
#include "streams/debug.hpp"

namespace server {

ConfigSource::Result ConfigSource::read() const {
  Result result;
  config::Config config = config::defaults(protocols::for_config);
  if (!file.empty()) {
    config::Loaded loaded = config::load_file(file, protocols::for_config);
    for (const config::Error& error : loaded.errors) {
      result.errors.push_back(config::to_string(error));
    }
    if (!loaded) return result;
    config = std::move(*loaded.config);
  }
  if (!listens.empty()) {
    config::ParsedListens parsed = config::parse_listens(listens, protocols::for_config, config);
    result.errors = std::move(parsed.errors);
    result.usage = !result.errors.empty();
    if (result.usage) return result;
    config.listeners = std::move(parsed.listeners);
  }
  if (log_level) config.log.level = *log_level;
  if (debug && config.slow_callback.count() == 0) {
    config.slow_callback = streams::Debug::default_slow_callback_duration;
  }
  result.config = std::move(config);
  return result;
}

}  // namespace server
