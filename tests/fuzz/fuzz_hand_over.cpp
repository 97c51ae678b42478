// Whatever comes in place of a record, it is refused with a reason, or is within its bounds and
// written as the same bytes again.
#include <memory>
#include <string>

#include "server/hand_over/record.hpp"
#include "tests/fuzz/verdict.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace server::hand_over;
  using tests::found;
  // From memory of exactly its size, so that AddressSanitizer sees every overrun.
  const auto memory = std::make_unique<char[]>(size);
  tests::text_of(data, size).copy(memory.get(), size);
  const std::string_view input(memory.get(), size);
  const ReadRecord read = read_record(input);
  if (!read.wrong.empty()) return 0;
  if (read.size > input.size()) found("more taken than there is");
  if (!fits(read.record)) found("more in it than may be");
  std::string written;
  write_record(read.record, written);
  if (written != input.substr(0, read.size)) {
    found("it is written as another", text::escaped(written));
  }
  return 0;
}
