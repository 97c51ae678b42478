// How the generator did, as a member of a run's JSON, as SCHEMA.md describes it.
#pragma once

#include "client/load/report/json_writer.hpp"
#include "client/load/results.hpp"

namespace client::load::report {

void write_generator(JsonWriter& json, const Health& health);

}  // namespace client::load::report
