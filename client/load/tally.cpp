#include "client/load/tally.hpp"

namespace client::load {

void add(Figures& sum, const Figures& part) {
  sum.requests += part.requests;
  sum.bytes_sent += part.bytes_sent;
  sum.bytes_received += part.bytes_received;
  sum.connections_opened += part.connections_opened;
  sum.connections_active += part.connections_active;
  sum.errors.add(part.errors);
  sum.service.add(part.service);
  sum.response.add(part.response);
}

void reset(Figures& figures) {
  figures.start = figures.length = Duration::zero();
  figures.requests = figures.bytes_sent = figures.bytes_received = 0;
  figures.connections_opened = figures.connections_active = 0;
  figures.errors = {};
  figures.service.reset();
  figures.response.reset();
}

}  // namespace client::load
