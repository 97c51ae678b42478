// What a Session does where its protocol runs on a Stage, and how those begin that are not plain.
#include "server/serving/session.hpp"

namespace server::serving {
namespace {

/// That a session has a stage, for as long as this lives.
class OnStage {
 public:
  /// Throws std::bad_alloc.
  OnStage(Sessions& sessions, const Session& session, Stage& stage)
      : sessions_(sessions), session_(session) {
    sessions_.stages.emplace(&session, &stage);
  }
  ~OnStage() { sessions_.stages.erase(&session_); }
  OnStage(const OnStage&) = delete;
  OnStage& operator=(const OnStage&) = delete;

 private:
  Sessions& sessions_;
  const Session& session_;
};

}  // namespace

void Session::begin_unusually(Acceptor* acceptor) {
  listener_->settings.proxy.empty() ? serve_staged() : wait_for_header(acceptor);
}

void Session::serve_staged() { listener_->is_staged ? run(Phase::protocol, run_stage()) : serve(); }

streams::Task<std::error_code> Session::run_stage() {
  Stage stage(loop(), reader(), writer(), *listener_,
              stream_options(*listener_, sessions().worker));
  const OnStage on_stage(sessions(), *this, stage);
  auto serving = stage.serve();
  co_return co_await std::move(serving);
}

std::size_t Session::held() noexcept {
  Stage* const staged = stage();
  return reader().held() + writer().held() + (staged == nullptr ? 0 : staged->held());
}

}  // namespace server::serving
