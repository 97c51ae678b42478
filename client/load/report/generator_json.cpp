#include "client/load/report/generator_json.hpp"

#include <cstdint>
#include <string_view>

#include "client/load/report/figures_json.hpp"

namespace client::load::report {
namespace {

using Layout = JsonWriter::Layout;

void write_shares(JsonWriter& json, std::string_view name, const Health& health,
                  double ThreadLoad::*share) {
  json.key(name);
  json.begin_array(Layout::line);
  for (const ThreadLoad& thread : health.threads) json.value(thread.*share);
  json.end_array();
}

void write_standstills(JsonWriter& json, const Standstills& standstills) {
  json.key("standstills");
  json.begin_object(Layout::line);
  json.member("count", standstills.count);
  json.member("total_s", seconds(standstills.total));
  json.member("longest_s", seconds(standstills.longest));
  json.member("longest_start_s", seconds(standstills.longest_from));
  json.end_object();
}

void write_processors(JsonWriter& json, const Surroundings& surroundings) {
  json.key("processors");
  json.begin_object(Layout::line);
  json.member("online", std::uint64_t{surroundings.processors.online});
  json.member("allowed", std::uint64_t{surroundings.processors.allowed});
  json.member("quota", surroundings.processors.limited);
  json.member("busy", surroundings.busy);
  json.member("busy_with_others", surroundings.others);
  json.member("stolen", surroundings.stolen);
  json.member("throttled", surroundings.throttled);
  json.end_object();
}

}  // namespace

void write_generator(JsonWriter& json, const Health& health) {
  json.key("generator");
  json.begin_object();
  write_histogram(json, "lag_ns", health.lag, Buckets::included);
  write_histogram(json, "own_lag_ns", health.own_lag, Buckets::included);
  write_shares(json, "thread_busy", health, &ThreadLoad::busy);
  write_shares(json, "thread_spun", health, &ThreadLoad::spun);
  write_shares(json, "thread_waited", health, &ThreadLoad::waited);
  write_standstills(json, health.standstills);
  write_processors(json, health.surroundings);
  json.member("local_target", health.surroundings.local_target);
  json.end_object();
}

}  // namespace client::load::report
