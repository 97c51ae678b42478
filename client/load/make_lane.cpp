#include "client/load/churn.hpp"
#include "client/load/conversation.hpp"
#include "client/load/download.hpp"
#include "client/load/lane.hpp"
#include "client/load/upload.hpp"

namespace client::load {

std::unique_ptr<Lane> make_lane(Crew& crew, std::uint64_t number) {
  switch (crew.plan.protocol) {
    case Protocol::discard: return std::make_unique<Upload>(crew, number);
    case Protocol::chargen: return std::make_unique<Download>(crew, number);
    case Protocol::echo:
    case Protocol::line: break;
  }
  if (crew.plan.churn) return std::make_unique<Churn>(crew, number);
  return std::make_unique<Conversation>(crew, number);
}

}  // namespace client::load
