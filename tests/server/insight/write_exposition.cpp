// A registry with a sample of every family of the daemon, for test_exposition.py:
// write_exposition prometheus|openmetrics writes it to standard output.
#include <array>
#include <cstdio>
#include <string>
#include <string_view>

#include "server/insight/exposition.hpp"
#include "server/insight/families.hpp"

int main(int count, char** arguments) {
  using namespace server::insight;
  std::array<streams::Counter, Buckets::max_count + 1> buckets;
  streams::Counter sum;
  buckets[0].add(2);
  buckets[1].add(1);
  sum.add(1'234'567);
  Registry registry;
  registry.declare(families::all);
  for (const Family& family : families::all) {
    for (const char* const listener : {"echo", "a \"quoted\" \\ and\n\xC3\xA9"}) {
      const Labels labels{{"listener", listener}, {"worker", "0"}};
      if (family.kind == Kind::histogram) {
        const std::span all(buckets);
        registry.add(family, labels, {all.first(family.buckets.count + 1), &sum});
      } else {
        registry.add(family, labels, [] { return std::uint64_t{1}; });
      }
    }
  }
  std::string text;
  const bool older = count > 1 && std::string_view(arguments[1]) == "prometheus";
  append_exposition(text, registry, older ? Format::prometheus : Format::openmetrics);
  std::fputs(text.c_str(), stdout);
}
