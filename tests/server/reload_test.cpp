#include "server/reload.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "streams/task_group.hpp"
#include "tests/server/serving/serving.hpp"
#include "tests/streams/run.hpp"

using namespace std::chrono_literals;

namespace {

std::string listener(const std::string& name) {
  return "[[listener]]\nname = \"" + name + "\"\nprotocol = \"echo\"\naddress = \"127.0.0.1:0\"\n";
}

/// A folder with the configuration, and the service manager that is told of what comes of it.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "reload-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string socket = path_ / "notify";
    REQUIRE(socket.size() < sizeof address.sun_path);
    socket.copy(static_cast<char*>(address.sun_path), socket.size());
    manager_ = streams::UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    REQUIRE(::bind(manager_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
            0);
    ::setenv("NOTIFY_SOCKET", socket.c_str(), 1);
  }
  ~Folder() {
    ::unsetenv("NOTIFY_SOCKET");
    std::filesystem::remove_all(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string file() const { return path_ / "c.toml"; }
  void write(const std::string& text) const {
    std::ofstream(file()) << "[log]\nlevel = \"error\"\n" << text;
  }
  void make_pipe() const { REQUIRE(::mkfifo(file().c_str(), 0600) == 0); }
  /// What the manager was told since the last time.
  std::string told() const {
    std::string text;
    std::array<char, 8192> block{};
    for (ssize_t n = 0; (n = ::recv(manager_.get(), block.data(), block.size(), 0)) > 0;) {
      text.append(block.data(), static_cast<std::size_t>(n));
    }
    return text;
  }

 private:
  std::filesystem::path path_;
  streams::UniqueFd manager_;
};

std::vector<std::vector<server::sockets::BoundSocket>> bind_all(const config::Config& config) {
  std::vector<std::vector<server::sockets::BoundSocket>> sockets;
  for (const config::Listener& listener : config.listeners) {
    sockets.push_back(tests::bound(listener.address, listener.backlog));
  }
  return sockets;
}

/// A server with a Reloader, as the daemon has them.
struct Reloading {
  explicit Reloading(const Folder& where, server::ConfigSource source)
      : folder(where),
        config(*source.read().config),
        server(config, bind_all(config), "0", log, [this] { service.stopping(10s); }),
        service(server, manager, log),
        reloader(std::move(source), config, {}, server, service, log) {}

  template <class Steps>
  void run(Steps steps) {
    tests::run(server.loop(), all(std::move(steps)));
  }
  template <class Steps>
  streams::Task<void> all(Steps steps) {
    streams::TaskGroup group(server.loop());
    group.spawn(reloader.run(), "reloader");
    group.spawn(serve(group), "server");
    co_await steps(*this);
    server.stop({SIGTERM, true});
    co_await group.join();
  }
  streams::Task<void> serve(streams::TaskGroup& group) {
    co_await server.serve();
    group.cancel();
  }
  /// Until the manager has been told this.
  streams::Task<void> until_told(std::string_view what) {
    while (told.find(what) == std::string::npos) {
      co_await tests::turn(server.loop());
      told += folder.told();
    }
  }
  std::vector<std::string> listeners() const {
    std::vector<std::string> names;
    for (const auto& acceptor : server.acceptors()) {
      names.push_back(acceptor->listener().settings.name);
    }
    return names;
  }

  const Folder& folder;
  std::string told;
  server::insight::Log log{tests::quiet()};
  server::process::NotifySocket manager;
  config::Config config;
  server::serving::Server server;
  server::Service service;
  server::Reloader reloader;
};

server::ConfigSource from(const Folder& folder) {
  server::ConfigSource source(server::protocols::for_config);
  source.file = folder.file();
  return source;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a good configuration is applied as a whole", "[reload]") {
  const Folder folder;
  folder.write(listener("one") + listener("two"));
  Reloading reloading(folder, from(folder));
  reloading.run([](Reloading& self) -> streams::Task<void> {
    self.folder.write(listener("two") + listener("three"));
    self.reloader.request();
    co_await self.until_told("READY=1");
    CHECK(self.listeners() == Names{"two", "three"});
    CHECK(self.config.listeners.size() == 2);
    CHECK(self.told.starts_with("RELOADING=1\nMONOTONIC_USEC="));
  });
}

TEST_CASE("a configuration with an error changes nothing, and the manager is told", "[reload]") {
  const Folder folder;
  folder.write(listener("one"));
  Reloading reloading(folder, from(folder));
  reloading.run([](Reloading& self) -> streams::Task<void> {
    self.folder.write(listener("other") + "colour = \"green\"\n");
    self.reloader.request();
    co_await self.until_told("READY=1");
    CHECK(self.listeners() == Names{"one"});
    CHECK(self.told.find("STATUS=reload failed: ") != std::string::npos);
  });
}

TEST_CASE("without a file a request for a reload is answered, and nothing else", "[reload]") {
  const Folder folder;
  folder.write(listener("one"));
  server::ConfigSource source(server::protocols::for_config);
  source.listens = {"echo=127.0.0.1:0"};
  Reloading reloading(folder, source);
  reloading.run([](Reloading& self) -> streams::Task<void> {
    self.reloader.request();
    co_await self.until_told("READY=1");
    CHECK(self.listeners() == Names{"echo"});
  });
}

TEST_CASE("a stop during a reload that never ends wins at once", "[reload]") {
  const Folder folder;
  folder.write(listener("one"));
  Reloading reloading(folder, from(folder));
  reloading.run([](Reloading& self) -> streams::Task<void> {
    std::filesystem::remove(self.folder.file());
    self.folder.make_pipe();  // and nobody writes to it
    self.reloader.request();
    co_await self.until_told("RELOADING=1");
    CHECK(self.listeners() == Names{"one"});
  });
  // The server has ended: run() would not have returned else.
  CHECK(reloading.folder.told().find("READY=1") == std::string::npos);
}

TEST_CASE("requests while one is being carried out are one more", "[reload]") {
  const Folder folder;
  folder.write(listener("one"));
  Reloading reloading(folder, from(folder));
  reloading.run([](Reloading& self) -> streams::Task<void> {
    std::filesystem::remove(self.folder.file());
    self.folder.make_pipe();
    self.reloader.request();
    co_await self.until_told("RELOADING=1");
    for (int i = 0; i < 10; ++i) self.reloader.request();
    self.folder.write(listener("two"));
    co_await self.until_told("READY=1");
    self.told.clear();
    co_await self.until_told("RELOADING=1");
    self.folder.write(listener("three"));
    co_await self.until_told("READY=1");
    CHECK(self.listeners() == Names{"three"});
    self.told.clear();
    co_await streams::sleep_for(self.server.loop(), std::chrono::milliseconds(300));
    CHECK(self.folder.told().find("RELOADING=1") == std::string::npos);
  });
}

TEST_CASE("a reload that waits for too long gives way to the next", "[reload]") {
  const Folder folder;
  folder.write(listener("one"));
  Reloading reloading(folder, from(folder));
  reloading.run([](Reloading& self) -> streams::Task<void> {
    std::filesystem::remove(self.folder.file());
    self.folder.make_pipe();
    self.reloader.request();
    // Once it is being read; and nobody writes to it.
    streams::UniqueFd writer;
    while (!writer) {
      co_await tests::turn(self.server.loop());
      writer = streams::UniqueFd(::open(self.folder.file().c_str(), O_WRONLY | O_NONBLOCK));
    }
    std::filesystem::remove(self.folder.file());
    self.folder.write(listener("two"));
    self.reloader.request();
    co_await self.until_told("READY=1");
    CHECK(self.listeners() == Names{"two"});
  });
}

TEST_CASE("the manager is told at once of a failure's stop, and of no address that is closed",
          "[service]") {
  const Folder folder;
  folder.write(listener("one"));
  Reloading reloading(folder, from(folder));
  const auto steps = [](Reloading& self) -> streams::Task<void> {
    self.server.fail(std::make_exception_ptr(std::runtime_error("broken")));
    CHECK(self.folder.told() ==
          "STOPPING=1\nSTATUS=stopping; 0 connections\nEXTEND_TIMEOUT_USEC=5000000\n");
    self.service.ready();
    CHECK(self.folder.told().empty());
    co_return;
  };
  CHECK_THROWS_WITH(reloading.run(steps), "broken");
}
