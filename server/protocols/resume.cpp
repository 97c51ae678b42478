// The protocols that keep nothing between two reads or writes begin anew where another process has
// left off. No coroutines themselves, they look at the part before they return. Of chargen what is
// unsent ends with the pattern, which then begins again.
#include <stdexcept>

#include "server/protocols/protocol.hpp"

namespace server::protocols {
namespace {

void refuse_part(std::string_view part) {
  if (!part.empty()) throw std::invalid_argument("the protocol has no part of a record");
}

}  // namespace

auto resume_echo(streams::StreamReader& reader, streams::StreamWriter& writer,
                 const Context& context, std::string_view part) -> streams::Task<std::error_code> {
  refuse_part(part);
  return echo(reader, writer, context);
}

auto resume_discard(streams::StreamReader& reader, streams::StreamWriter& writer,
                    const Context& context, std::string_view part)
    -> streams::Task<std::error_code> {
  refuse_part(part);
  return discard(reader, writer, context);
}

auto resume_chargen(streams::StreamReader& reader, streams::StreamWriter& writer,
                    const Context& context, std::string_view part)
    -> streams::Task<std::error_code> {
  refuse_part(part);
  return chargen(reader, writer, context);
}

}  // namespace server::protocols
