#include "client/load/preflight.hpp"

#include <algorithm>
#include <sys/resource.h>

#include "tests/client/load/service.hpp"

using client::load::check_open_files;
using client::load::check_ports;
using client::load::Plan;
using client::load::Preflight;
using client::load::preflight;
using namespace tests;

namespace {

streams::Task<Preflight> prepare(streams::EventLoop& loop, Plan plan) {
  Service service(loop, echo);
  plan.targets = {{streams::HostPort{"127.0.0.1", service.port()}, "here"}};
  Preflight result = co_await preflight(loop, plan);
  co_await service.stop();
  co_return std::move(result);
}

std::string error_of(const Plan& plan) {
  streams::EventLoop loop;
  return tests::run(loop, prepare(loop, plan)).error;
}

}  // namespace

TEST_CASE("more connections than local ports name the number and the remedy") {
  CHECK(check_ports(28'232, 0, 28'232).empty());
  CHECK(check_ports(28'233, 0, 28'232) ==
        "28233 connections to one target need as many local ports, and 1 address has 28232; give 2 "
        "addresses of this machine (--bind ADDR,ADDR), or widen net.ipv4.ip_local_port_range");
  CHECK(check_ports(50'000, 2, 28'232).empty());
  CHECK(check_ports(60'000, 2, 28'232).find("give 3 addresses") != std::string::npos);
}

TEST_CASE("a soft limit on open files is raised, a hard one names the number and the remedy") {
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  REQUIRE(before.rlim_max >= 512);
  const rlimit low{256, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
  CHECK(check_open_files(400, 1).empty());
  rlimit now{};
  ::getrlimit(RLIMIT_NOFILE, &now);
  CHECK(now.rlim_cur >= 400);
  CHECK(check_open_files(400, 100).empty());
  ::getrlimit(RLIMIT_NOFILE, &now);
  CHECK(now.rlim_cur >= std::min<rlim_t>(before.rlim_max, 400 + 6 * 100));
  const std::string error = check_open_files(before.rlim_max, 1);
  CHECK(error.find(std::to_string(before.rlim_max) + " connections need") == 0);
  CHECK(error.find("ulimit -Hn") != std::string::npos);
  ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST_CASE("a target where nobody listens is named") {
  streams::EventLoop loop;
  Plan plan;
  plan.targets = {{streams::HostPort{"127.0.0.1", 1}, "127.0.0.1:1"}};
  CHECK(tests::run(loop, preflight(loop, plan)).error ==
        "cannot connect to 127.0.0.1:1: Connection refused");
}

TEST_CASE("of several targets the one where nobody listens is named") {
  streams::EventLoop loop;
  const auto prepare_two = [](streams::EventLoop& own_loop) -> streams::Task<Preflight> {
    Service service(own_loop, echo);
    Plan plan;
    plan.targets = {{streams::HostPort{"127.0.0.1", service.port()}, "here"},
                    {streams::HostPort{"127.0.0.1", 1}, "127.0.0.1:1"}};
    Preflight result = co_await preflight(own_loop, plan);
    co_await service.stop();
    co_return std::move(result);
  };
  CHECK(tests::run(loop, prepare_two(loop)).error ==
        "cannot connect to 127.0.0.1:1: Connection refused");
}

TEST_CASE("source addresses that cannot be used are named") {
  Plan plan;
  plan.bind = {"127.0.0.1", "nonsense"};
  CHECK(error_of(plan) == "--bind nonsense: not an IPv4 or IPv6 address");
  plan.bind = {"::1"};
  CHECK(error_of(plan).find("--bind ::1: not in the address family of the target") == 0);
  plan.bind = {"192.0.2.1"};
  CHECK(error_of(plan).find("--bind 192.0.2.1: Cannot assign requested address") == 0);
  plan.bind = {"127.0.0.1", "127.0.0.2"};
  CHECK(error_of(plan).empty());
}
