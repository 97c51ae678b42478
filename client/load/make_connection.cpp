#include "client/load/churn.hpp"
#include "client/load/download.hpp"
#include "client/load/load_connection.hpp"
#include "client/load/request_pipeline.hpp"
#include "client/load/upload.hpp"

namespace client::load {

std::unique_ptr<LoadConnection> make_connection(ThreadContext& context, std::uint64_t number) {
  switch (context.plan.protocol) {
    case Protocol::discard: return std::make_unique<Upload>(context, number);
    case Protocol::chargen: return std::make_unique<Download>(context, number);
    case Protocol::echo:
    case Protocol::line: break;
  }
  if (context.plan.churn) return std::make_unique<Churn>(context, number);
  return std::make_unique<RequestPipeline>(context, number);
}

}  // namespace client::load
