// Download: a connection that only receives, from a character generator (RFC 864). The text is
// compared with the RFC's pattern where it begins like that; where it does not, bytes are counted
// and the report says so.
#pragma once

#include <string_view>

#include "client/load/load_connection.hpp"

namespace client::load {

class Download final : public LoadConnection {
 public:
  Download(ThreadContext& context, std::uint64_t number) : LoadConnection(context, number) {}

  void end() override;

 private:
  streams::Task<std::error_code> serve() override;
  bool on_received(std::string_view data);
  bool verify(std::string_view data);

  std::uint64_t received_ = 0;  // on this connection, bytes
  std::size_t begin_ = 0;       // in the pattern
  bool known_ = true;           // so far like the RFC's
};

}  // namespace client::load
