// A message repeated, so that several leave in one send and any stretch of a reply can be compared
// in one go. Made once by main; read only afterwards.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct pattern {
  char* bytes;
  size_t message;  // length of one message
  size_t total;    // a multiple of it
};

// Message NULL makes up `size` bytes. Exits with 1 when memory is short.
struct pattern repeat(const char* message, size_t size, size_t copies);

// Whether `data` continues the pattern at position `at` of a message: its first and last byte, or
// with `all` every one. `size` is at least 1.
bool continues(const struct pattern* p, size_t at, const char* data, size_t size, bool all);
