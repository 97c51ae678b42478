// The load generator's command line as plain values; main parses it once, nothing changes it later.
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mode { mode_echo, mode_line, mode_churn };
extern const char* const mode_names[];

struct options {
  struct sockaddr_in address;
  enum mode mode;
  size_t connections;
  size_t size;          // bytes of a message; the line protocol has its own
  size_t depth;         // messages in flight per connection
  double seconds;       // length of a measured window
  double warmup;        // load before the first
  unsigned windows;     // how many, on the same connections
  uint64_t requests;    // ends a window earlier; UINT64_MAX when not given
  bool wait;            // at "start" and "stop" wait for a line on stdin
  bool hold;            // open, echo once, print "held", wait for a line on stdin
  unsigned time_limit;  // seconds until SIGALRM ends the process, whatever happens
};

// Prints to stderr and exits with 2 when the command line makes no sense.
struct options parse_options(int argc, char** argv);
