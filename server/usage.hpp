// What echolined's --help says before the options: examples first.
#pragma once

namespace server {

inline constexpr const char* usage =
    "echolined: a TCP echo and line-protocol server\n\n"
    "Examples:\n"
    "  echolined                               echo on 127.0.0.1:7007, lines on 127.0.0.1:7008\n"
    "  echolined --config FILE                 what the file says\n"
    "  echolined --config FILE --check-config  is the file right?\n"
    "  echolined --listen echo=0.0.0.0:7 --listen line=[::1]:7008\n";

}  // namespace server
