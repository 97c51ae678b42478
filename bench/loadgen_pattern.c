#include "loadgen_pattern.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pattern repeat(const char* message, size_t size, size_t copies) {
  struct pattern p = {malloc(size * copies), size, size * copies};
  if (!p.bytes) {
    perror("malloc");
    exit(1);
  }
  for (size_t i = 0; i < p.total; ++i) {
    // A prime period, so that a reply shifted by any power of two is noticed.
    p.bytes[i] = message ? message[i % size] : (char)('!' + i % size % 89);
  }
  return p;
}

bool continues(const struct pattern* p, size_t at, const char* data, size_t size, bool all) {
  size_t last = (at + size - 1) % p->message;
  if (data[0] != p->bytes[at] || data[size - 1] != p->bytes[last]) return false;
  for (size_t done = 0; all && done < size;) {
    size_t part = p->total - at < size - done ? p->total - at : size - done;
    if (memcmp(data + done, p->bytes + at, part) != 0) return false;
    done += part;
    at = 0;
  }
  return true;
}
