#include "client/load/advice.hpp"

#include <algorithm>

#include "client/load/sentence.hpp"

namespace client::load {
namespace {

// From which share of the time on something is a cause of what 1 % of the requests suffered.
constexpr double noticeable = 0.01;
constexpr double hardly_noticeable = 0.001;
constexpr double all = 0.95;

std::string on_saturation(const Health& health, std::size_t connections) {
  const std::size_t threads = health.threads.size();
  const std::size_t free = health.surroundings.free_for_us();
  if (threads >= free) {
    return "no processor is free for another thread: ask for less (--rate), or let several "
           "machines generate the load";
  }
  if (threads < connections) {
    return sentence("give it more threads (--threads %zu)", std::min(free, connections));
  }
  return sentence("give it more connections and threads (--connections %zu --threads %zu)", free,
                  free);
}

std::string on_sharing(const Surroundings& surroundings) {
  if (surroundings.processors.online < 2) {
    return "the service and the generator share the one processor of this machine; run one of "
           "them on another machine";
  }
  return sentence(
      "the service and the generator share this machine's %zu processors; keep them "
      "apart with the commands below",
      surroundings.processors.online);
}

}  // namespace

Cause cause_of(const Results& results) {
  const Health& health = results.health;
  const Surroundings& surroundings = health.surroundings;
  const auto stood = static_cast<double>(health.standstills.total.count());
  if (stood > noticeable * static_cast<double>(results.total.length.count())) {
    return Cause::stood_still;
  }
  if (surroundings.throttled >= noticeable) return Cause::throttled;
  if (health.busiest() >= all) return Cause::saturated;
  const double waited = health.most_waiting();
  if (std::max(surroundings.stolen, waited) < hardly_noticeable) return Cause::woken_late;
  return surroundings.stolen > waited ? Cause::stolen : cause_of_waiting(health);
}

Cause cause_of_waiting(const Health& health) {
  const Surroundings& surroundings = health.surroundings;
  if (surroundings.throttled >= noticeable) return Cause::throttled;
  const bool by_service = surroundings.shares_processors() && !surroundings.is_crowded();
  return by_service ? Cause::shared : Cause::crowded;
}

std::string advice_on(Cause cause, const Results& results) {
  const Health& health = results.health;
  const Surroundings& surroundings = health.surroundings;
  switch (cause) {
    case Cause::stood_still:
      return sentence(
          "the generator stood still for %.3f s in all: it was stopped, or its machine "
          "was, or its memory was on a disk",
          in_seconds(health.standstills.total));
    case Cause::throttled:
      return sentence(
          "the quota of its control group held it for %.1f %% of the time; raise that "
          "(cpu.max, CPUQuota=)",
          100 * surroundings.throttled);
    case Cause::saturated: return on_saturation(health, results.plan.connections);
    case Cause::stolen:
      return sentence(
          "the hypervisor gave the processors to others for %.1f %% of the time; "
          "measure on a machine that has its own",
          100 * surroundings.stolen);
    case Cause::shared: return on_sharing(surroundings);
    case Cause::crowded:
      return sentence(
          "other programs were on its processors, which were busy for %.0f %% of the "
          "time; give it one that nothing else uses (taskset -c)",
          100 * surroundings.busy);
    case Cause::woken_late: break;
  }
  const bool spins = results.plan.awake_before_due > Duration::zero();
  if (!spins && surroundings.processors.let_spin(health.threads.size())) {
    return "its threads had nothing else to do and woke up late; let them spin before each "
           "request (--busy-poll 100us)";
  }
  return "its threads had nothing else to do: the machine woke them late, as one does that saves "
         "power, is interrupted, or is virtual";
}

std::vector<std::string> commands_apart(const Health& health) {
  const Surroundings& surroundings = health.surroundings;
  std::vector<int> ours = surroundings.processors.numbers;
  if (ours.size() < 2) return {};
  const std::size_t needed = std::min(health.threads.size(), ours.size() - 1);
  const std::vector<int> services(ours.begin(), ours.end() - static_cast<std::ptrdiff_t>(needed));
  ours.erase(ours.begin(), ours.end() - static_cast<std::ptrdiff_t>(needed));
  std::vector<std::string> commands;
  commands.reserve(surroundings.services.size() + 2);
  const std::string pinned = "taskset -acp " + list_of(services) + ' ';
  for (const ServiceProcess& service : surroundings.services) {
    commands.push_back(pinned + std::to_string(service.pid));
  }
  if (commands.empty()) commands.push_back(pinned + "PID_OF_THE_SERVICE");
  commands.push_back("taskset -c " + list_of(ours) + ' ' + surroundings.command);
  return commands;
}

}  // namespace client::load
