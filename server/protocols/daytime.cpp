// Daytime, RFC 867: one line for people, then the end.
#include <array>
#include <ctime>

#include "server/protocols/protocol.hpp"

namespace server::protocols {

streams::Task<std::error_code> daytime(streams::StreamReader&, streams::StreamWriter& writer,
                                       const Context& context) {
  const std::time_t now = std::chrono::system_clock::to_time_t(context.now());
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::array<char, 64> text{};
  const std::size_t size =
      std::strftime(text.data(), text.size(), "%A, %B %d, %Y %H:%M:%S-UTC\r\n", &utc);
  writer.write({text.data(), size});
  co_return std::error_code{};
}

}  // namespace server::protocols
