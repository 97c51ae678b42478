// What echolined's --help says before the options: examples first.
#pragma once

namespace server {

inline constexpr const char* usage =
    "echolined: a TCP echo and line-protocol server\n\n"
    "Examples:\n"
    "  echolined                               echo on 127.0.0.1:7007, lines on 127.0.0.1:7008\n"
    "  echolined --config FILE                 what the file says\n"
    "  echolined --config FILE --check-config  is the file right?\n"
    "  echolined --listen echo=0.0.0.0:7 --listen line=[::1]:7008\n"
    "  echolined --listen echo=systemd         on the socket that systemd passes on as echo\n\n"
    "Signals:\n"
    "  TERM, INT  stop: answer what clients have sent, then close; the second one: at once\n"
    "  HUP        read FILE again; if anything is wrong with it, go on as before\n"
    "  USR1       write the counters to the log\n";

}  // namespace server
