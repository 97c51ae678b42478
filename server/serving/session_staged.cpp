// What a Session does where its protocol runs on a Stage, and how those begin that are not plain.
#include <exception>
#include <string>
#include <utility>

#include "config/read_faults.hpp"
#include "server/serving/session.hpp"
#include "streams/text/escape.hpp"

namespace server::serving {
namespace {

/// That a session has a stage, for as long as this lives; afterwards what became of its faults.
class OnStage {
 public:
  /// Throws std::bad_alloc.
  OnStage(Sessions& sessions, const Session& session, Stage& stage)
      : sessions_(sessions), session_(session), stage_(stage) {
    sessions_.stages.emplace(&session, &stage);
  }
  ~OnStage() {
    sessions_.stages.erase(&session_);
    try {
      if (auto met = stage_.faults_met()) sessions_.faults_met.emplace(&session_, *std::move(met));
      if (stage_.passed()) sessions_.passed.emplace(&session_, *stage_.passed());
    } catch (const std::exception&) {
      // Then its end is told without.
    }
  }
  OnStage(const OnStage&) = delete;
  OnStage& operator=(const OnStage&) = delete;

 private:
  Sessions& sessions_;
  const Session& session_;
  Stage& stage_;
};

}  // namespace

void Session::begin_unusually(Acceptor* acceptor, const std::optional<faults::Identity>& faulty) {
  if (listener_->settings.proxy.empty()) return serve_staged(faulty);
  sessions().proxied[this].faulty = faulty;
  wait_for_header(acceptor);
}

void Session::serve_staged(const std::optional<faults::Identity>& faulty) {
  listener_->is_staged ? run(Phase::protocol, run_stage(faulty)) : serve();
}

streams::Task<std::error_code> Session::run_stage(std::optional<faults::Identity> faulty) {
  const auto tell = [this](faults::Action action, std::uint64_t times) {
    if (!listener_->figures) return;
    sessions().events.publish(&insight::SessionSubscriber::fault_met, info(), action, times);
  };
  Stage stage(*this, *listener_, stream_options(*listener_, sessions().worker), faulty, tell);
  const OnStage on_stage(sessions(), *this, stage);
  auto serving = stage.serve();
  const std::error_code result = co_await std::move(serving);
  if (stage.is_ended_by_fault() && insight::is_ordinary(cause_)) cause_ = Cause::fault;
  co_return result;
}

std::optional<insight::FaultsMet> Session::take_faults_met() noexcept {
  if (sessions().faults_met.empty()) return std::nullopt;
  auto found = sessions().faults_met.extract(this);
  return found ? std::optional(std::move(found.mapped())) : std::nullopt;
}

/// Why there is nothing to ask of its faults, behind "session 17 "; empty where there is.
std::string Session::why_no_faults() const {
  const config::Listener& settings = listener_->settings;
  if (is_own()) return "is of the daemon's own business, which has no faults";
  if (settings.plan.empty() && settings.fault_in_band == config::InBand::no) {
    return "has no faults; give its listener " + text::quoted(settings.name) +
           " faults and fault_sources, for the connections that come then";
  }
  if (phase_ == Phase::header) return "has not begun: the header of its proxy is still to come";
  const Stage* const staged = stage();
  if (phase_ == Phase::close || staged == nullptr) return "is being closed";
  if (!staged->has_faults()) {
    return "has no faults: its source is not in fault_sources of the listener " +
           text::quoted(settings.name);
  }
  return staged->is_ended_by_fault() ? "is being ended by a fault" : "";
}

protocols::AdminHost::FaultAnswer Session::order_fault(
    const protocols::AdminHost::FaultOrder& order) {
  using What = protocols::AdminHost::FaultOrder::What;
  protocols::AdminHost::FaultAnswer answer;
  answer.found = protocols::AdminHost::Found::yes;
  answer.refusal = why_no_faults();
  if (!answer.refusal.empty()) return answer;
  Stage& staged = *stage();
  if (order.what == What::show) {
    answer.in_force = staged.show_now();
  } else if (order.what == What::off) {
    staged.clear_now();
  } else if (staged.is_hurried()) {
    answer.refusal = "is being ended (" + std::string(word(cause_)) + ") and has no new faults";
  } else if (std::string why = config::wrong_with(*order.fault, protocol()); !why.empty()) {
    answer.refusal = "cannot have it: " + std::move(why);
  } else if (!staged.add_now(*order.fault)) {
    answer.refusal =
        "has too many faults already; end them with FAULT " + std::to_string(id_) + " OFF";
  }
  return answer;
}

void Session::keep() noexcept try {
  using How = protocols::AdminHost::HowEnded;
  const auto now = Clock::now();
  protocols::AdminHost::Ended ended{
      id_,
      listener_->settings.name,
      writer().peername().to_string(),
      proxy_name(),
      now,
      std::chrono::duration_cast<std::chrono::milliseconds>(now - started_),
      {.bytes = transport().bytes_received(), .hashed = 0, .hash = {}, .how = How::open},
      {.bytes = transport().bytes_sent(), .hashed = 0, .hash = {}, .how = How::fin},
      insight::word(cause_),
      {}};
  const std::error_code error = error_.code();
  if (error) ended.error = error.message();
  if (reader().peer_has_ended()) ended.in.how = How::fin;
  // Either side's ends both directions.
  if (error == std::errc::connection_reset) ended.in.how = How::reset;
  if (was_reset_ || ended.in.how == How::reset) ended.out.how = How::reset;
  const auto found = sessions().passed.extract(this);
  const Passed passed = found ? found.mapped() : Passed();
  ended.in.hashed = passed.in.bytes();
  ended.in.hash = passed.in.hex();
  ended.out.hashed = passed.out.bytes();
  ended.out.hash = passed.out.hex();
  sessions().ended.add(std::move(ended));
} catch (const std::bad_alloc&) {
  // Then nothing of it is kept.
}

std::size_t Session::held() noexcept {
  Stage* const staged = stage();
  return reader().held() + writer().held() + (staged == nullptr ? 0 : staged->held());
}

}  // namespace server::serving
