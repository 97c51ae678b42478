// The faults of a listener: which they are, of the array or the file, and for whom. Wrong ones are
// refused as a whole.
#pragma once

#include <string>

#include "config/config.hpp"
#include "config/protocol.hpp"
#include "config/table_reader.hpp"
#include "streams/faults/fault.hpp"

namespace config {

/// After the listener's own keys were read: fills `plan`, reading the file that `fault_plan` names.
/// `protocol` is nullptr where the listener's is unknown. Throws as read_regular_file() does.
void check_faults(TableReader& reader, const Protocol* protocol, Listener& listener);

/// Why a protocol cannot have a fault; else empty.
std::string wrong_with(const faults::Fault& fault, const Protocol& protocol);

}  // namespace config
