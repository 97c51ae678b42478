// One connection of the admin protocol: a command a line, with replies in the form of the line
// protocol's. It is for those who run the daemon, a few at a time, so a command may wait, and each
// is a coroutine. Pinned in the frame of its handler, on the first worker's thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "server/protocols/admin_host.hpp"
#include "server/protocols/context.hpp"
#include "streams/stream_reader.hpp"
#include "streams/stream_writer.hpp"
#include "streams/task.hpp"
#include "streams/task_group.hpp"

namespace server::protocols {

class AdminConnection {
 public:
  AdminConnection(streams::StreamReader& reader, streams::StreamWriter& writer,
                  const Context& context) noexcept
      : reader_(reader), writer_(writer), context_(context) {}
  AdminConnection(const AdminConnection&) = delete;
  AdminConnection& operator=(const AdminConnection&) = delete;

  /// Answers until QUIT, which is no error, or the connection's end.
  streams::Task<std::error_code> run();

 private:
  struct Command;
  static const Command* find_command(std::string_view word) noexcept;

  streams::Task<void> execute(std::string line);

  streams::Task<void> abort();
  streams::Task<void> close();
  streams::Task<void> ended();
  streams::Task<void> fault();
  streams::Task<void> help();
  streams::Task<void> level();
  streams::Task<void> listeners();
  streams::Task<void> monitor();
  streams::Task<void> ping();
  streams::Task<void> quit();
  streams::Task<void> reload();
  streams::Task<void> sessions();
  streams::Task<void> stats();
  streams::Task<void> stop();
  streams::Task<void> version();

  streams::Task<void> end_session(bool reset);
  std::optional<std::size_t> how_many(std::string_view command, std::size_t most);
  void end_list(std::size_t count, std::string lines, std::size_t silent_workers);
  streams::Task<void> show_events(streams::TaskGroup& both, insight::EventFeed::Watcher& watcher);
  streams::Task<void> await_input(streams::TaskGroup& both);
  /// The line that came while a command waited.
  void keep_next(const streams::Chunk& chunk);
  streams::Task<void> await_reload(streams::TaskGroup& both);
  streams::Task<void> watch_input(streams::TaskGroup& both);
  void tell_reloaded();

  AdminHost& host() const noexcept { return *context_.admin; }
  void ok(std::string_view text) { writer_.writelines({"+", text, "\r\n"}); }
  static std::string in_capitals(std::string_view word);
  /// The errors for an id that is none, and for one that no session is found for.
  void no_id(std::string_view id);
  void not_found(std::string_view id, AdminHost::Found found);
  /// A word of the client's for an error, in quotes and no longer than shown_word.
  static std::string shown(std::string_view word);
  /// `text` says why, and what would work.
  void error(std::string_view text);
  /// The error for a line that the reader has dropped.
  void overlong();
  /// An array of `lines`, each a reply of its own.
  void array(std::size_t lines, std::string_view text);

  streams::StreamReader& reader_;
  streams::StreamWriter& writer_;
  const Context& context_;
  std::string argument_;             // of the command that runs
  std::optional<std::string> next_;  // a line that came during a MONITOR or a RELOAD
  bool was_overlong_ = false;        // that line
  AdminHost::Reloaded reloaded_;     // what came of a RELOAD
  bool gave_up_ = false;             // on a RELOAD, before it was done
  bool quits_ = false;
};

}  // namespace server::protocols
