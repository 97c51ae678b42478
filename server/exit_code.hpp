// What echolined's exit code tells its caller; systemd's unit relies on it.
#pragma once

namespace server::exit_code {

inline constexpr int success = 0;
inline constexpr int failure = 1;         ///< at run time: an address in use, say
inline constexpr int usage = 2;           ///< of the command line
inline constexpr int configuration = 78;  ///< EX_CONFIG of sysexits(3): starting again is no use

}  // namespace server::exit_code
