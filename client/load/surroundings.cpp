#include "client/load/surroundings.hpp"

#include <algorithm>
#include <utility>

namespace client::load {

bool Surroundings::shares_processors() const {
  if (!local_target) return false;
  // Who it is is not known to everybody.
  if (services.empty()) return true;
  return std::ranges::any_of(services, [this](const ServiceProcess& service) {
    return service.processors.empty() ||
           std::ranges::any_of(service.processors, [this](int number) {
             return std::ranges::binary_search(processors.numbers, number);
           });
  });
}

std::size_t Surroundings::free_for_us() const noexcept {
  const std::size_t taken = local_target && processors.allowed == processors.online ? 1 : 0;
  return std::max<std::size_t>(processors.allowed - std::min(taken, processors.allowed), 1);
}

bool Surroundings::is_crowded() const noexcept {
  constexpr double notable = 0.1;
  return others && *others > notable && *others > busy / 2;
}

Lookout::Lookout(std::span<const ResolvedTarget> targets) : targets_(targets) {
  found_.processors = Processors::of_this_process();
  found_.command = own_command();
}

void Lookout::begin() {
  for (const ResolvedTarget& target : targets_) {
    if (!is_local(target.address)) continue;
    found_.local_target = true;
    std::optional<ServiceProcess> service = find_service(target.address);
    if (!service) {
      knows_all_ = false;
    } else if (std::ranges::find(found_.services, service->pid, &ServiceProcess::pid) ==
               found_.services.end()) {
      found_.services.push_back(std::move(*service));
    }
  }
  began_ = so_far();
}

Surroundings Lookout::end() {
  if (!began_) return std::move(found_);
  const Times now = so_far();
  const auto share = [](std::chrono::nanoseconds part, std::chrono::nanoseconds of) {
    const double value =
        of.count() > 0 ? static_cast<double>(part.count()) / static_cast<double>(of.count()) : 0;
    return std::clamp(value, 0.0, 1.0);
  };
  const auto busy = now.all.busy - began_->all.busy;
  const auto stolen = now.all.stolen - began_->all.stolen;
  const auto all = busy + stolen + (now.all.idle - began_->all.idle);
  found_.busy = share(busy, all);
  found_.stolen = share(stolen, all);
  found_.throttled = share(now.all.throttled - began_->all.throttled, now.at - began_->at);
  if (found_.local_target && knows_all_) {
    const auto known = (now.ours - began_->ours) + (now.services - began_->services);
    found_.others = share(busy - known, all);
  }
  return std::move(found_);
}

Lookout::Times Lookout::so_far() const {
  Times times;
  times.all = ProcessorTimes::so_far(found_.processors.numbers);
  times.ours = own_cpu_time();
  for (const ServiceProcess& service : found_.services) times.services += cpu_time_of(service.pid);
  times.at = std::chrono::steady_clock::now();
  return times;
}

}  // namespace client::load
