// StampedPipeline: a RequestPipeline whose requests are STAMP with a tag of their own. Each reply
// has the tag, and says how long the server had the request: the rest of its service time is the
// way there and back. Where the clocks of two machines have no zero in common, only the sum of the
// two ways can be known.
#pragma once

#include <cstdint>
#include <string_view>

#include "client/load/request_pipeline.hpp"

namespace client::load {

class StampedPipeline final : public RequestPipeline {
 public:
  using RequestPipeline::RequestPipeline;

 private:
  std::size_t take_text(std::string_view data, Time now) override;
  /// What the reply that is awaited must have behind its numbers.
  std::string_view tag() const;
  bool judge(std::string_view reply, Time now);
  void report_wrong(std::string_view reply, std::string_view text, std::string_view tag, Time now);
};

}  // namespace client::load
