#include "server/config_source.hpp"

#include <algorithm>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <utility>

#include "config/error.hpp"
#include "config/listen.hpp"
#include "config/listener_set.hpp"
#include "config/load.hpp"
#include "config/own_listeners.hpp"
#include "streams/debug.hpp"

namespace server {
namespace {

/// Whether reading it takes away what there is to read. A pipe with a name in the file system may
/// be written to again, one that came as a descriptor will not.
bool is_read_once(const std::string& file) {
  struct stat status {};
  struct statfs system {};
  if (::stat(file.c_str(), &status) != 0 || ::statfs(file.c_str(), &system) != 0) return false;
  const bool is_null_device = S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
  return system.f_type == PIPEFS_MAGIC || S_ISSOCK(status.st_mode) ||
         (S_ISCHR(status.st_mode) && !is_null_device);
}

std::vector<std::string> unused(const std::vector<config::Listener>& of_file,
                                const std::vector<config::Listener>& instead,
                                config::Protocols protocols) {
  std::vector<std::string> names;
  const bool inherits = std::any_of(instead.begin(), instead.end(), [](const auto& listener) {
    return listener.address == config::inherited_address;
  });
  if (!inherits) return names;
  const auto defaults = config::defaults(protocols).listeners;
  for (const config::Listener& listener : of_file) {
    const auto is_same = [&](const config::Listener& other) { return other.name == listener.name; };
    const auto is_default = [&](const config::Listener& other) {
      return is_same(other) && other.address == listener.address;
    };
    if (std::none_of(instead.begin(), instead.end(), is_same) &&
        std::none_of(defaults.begin(), defaults.end(), is_default)) {
      names.push_back(listener.name);
    }
  }
  return names;
}

std::vector<std::string> exposed(const std::vector<config::Listener>& listeners,
                                 config::Protocols protocols) {
  std::vector<std::string> found;
  for (const config::Listener& listener : listeners) {
    if (!config::find(protocols, listener.protocol)->own) continue;
    if (!config::is_reachable_from_outside(listener.address)) continue;
    found.push_back(config::printable(
        "others than this host's users may reach [" + listener.protocol + "] at " +
        listener.address + ", which asks for no password; write unix:/PATH or 127.0.0.1:PORT"));
  }
  return found;
}

}  // namespace

ConfigSource::Result ConfigSource::read_again(config::Abandonment& abandonment) const {
  if (!is_read_once(file)) return read_by(&abandonment);
  Result result;
  result.errors.push_back(
      config::printable(file) +
      ": cannot be read a second time, because it is a pipe or the like; give the "
      "path of a file to be able to reload it");
  return result;
}

ConfigSource::Result ConfigSource::read_by(config::Abandonment* abandonment) const {
  Result result;
  config::Config config = config::defaults(protocols);
  if (!file.empty()) {
    config::Loaded loaded = config::load_file(file, protocols, abandonment);
    for (const config::Error& error : loaded.errors) {
      result.errors.push_back(config::to_string(error));
    }
    if (!loaded) return result;
    config = std::move(*loaded.config);
  }
  if (!listens.empty()) {
    config::ParsedListens parsed = config::parse_listens(listens, protocols, config);
    result.errors = std::move(parsed.errors);
    result.usage = !result.errors.empty();
    if (result.usage) return result;
    result.unused = unused(config.listeners, parsed.listeners, protocols);
    config.listeners = std::move(parsed.listeners);
  }
  if (replay) {
    if (std::string why = replay_in(config, *replay); !why.empty()) {
      result.errors.push_back(config::printable(why));
      result.usage = true;
      return result;
    }
  }
  if (config.admin.address.empty()) config.admin.address = admin;
  result.errors = config::add_own_listeners(config, protocols);
  if (!result.errors.empty()) return result;
  result.exposed = exposed(config.listeners, protocols);
  if (log_level) config.log.level = *log_level;
  if (debug && config.slow_callback.count() == 0) {
    config.slow_callback = streams::Debug::default_slow_callback_duration;
  }
  result.config = std::move(config);
  return result;
}

}  // namespace server
