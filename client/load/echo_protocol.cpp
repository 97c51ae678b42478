// The echo protocol (RFC 862): what was sent comes back.
#include "client/load/churn.hpp"
#include "client/load/echo_messages.hpp"
#include "client/load/protocol.hpp"

namespace client::load {

constinit const Protocol echo_protocol{
    .name = "echo",
    .make_messages = make_echo_messages,
    .make_connection = make_request_connection,
};

}  // namespace client::load
