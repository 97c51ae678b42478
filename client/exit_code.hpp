// What echoline's exit code tells its caller.
#pragma once

namespace client::exit_code {

inline constexpr int success = 0;
inline constexpr int failure = 1;           ///< at run time; of a ping: not all were answered
inline constexpr int usage = 2;             ///< of the command line
inline constexpr int objective_missed = 3;  ///< an --expect of a load run
inline constexpr int invalid = 4;           ///< the generator, not the service, set the figures
inline constexpr int interrupted = 130;     ///< ended early by a signal, with a partial report

}  // namespace client::exit_code
