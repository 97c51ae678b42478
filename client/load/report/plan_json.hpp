// A plan as a member of a run's JSON. Any thread.
#pragma once

#include "client/load/plan.hpp"
#include "client/load/report/json_writer.hpp"

namespace client::load::report {

/// The member `plan`. Of a payload taken from a file only its size is told.
void write_plan(JsonWriter& json, const Plan& plan);

}  // namespace client::load::report
