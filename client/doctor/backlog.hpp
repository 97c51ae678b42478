// Cases of group 1 in which the origin takes no further connection: its backlog is full, or it has
// stopped listening.
#pragma once

#include <string>

#include "client/doctor/case.hpp"

namespace client::doctor {

streams::Task<std::string> full_backlog(Bench& bench);
streams::Task<std::string> others_beside_full_backlog(Bench& bench);
streams::Task<std::string> origin_stops_listening(Bench& bench);

}  // namespace client::doctor
