#include "server/insight/registry.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>

namespace server::insight {

double Stat::number() const noexcept {
  return static_cast<double>(value) / std::pow(10.0, decimals);
}

Registry::Entry& Registry::entry(const Family& family) {
  const auto found = std::ranges::find(entries_, family.name,
                                       [](const Entry& entry) { return entry.family->name; });
  return found != entries_.end() ? *found : entries_.emplace_back(Entry{&family, {}, {}, false});
}

Registry::Series& Registry::series(const Family& family, Labels labels) {
  Entry& of_family = entry(family);
  of_family.told = true;
  const auto found = std::ranges::find(of_family.series, labels, &Series::labels);
  if (found != of_family.series.end()) return *found;
  return of_family.series.emplace_back(Series{std::move(labels), {}, {}});
}

void Registry::declare(std::span<const Family> families) {
  const std::unique_lock lock(mutex_);
  for (const Family& family : families) entry(family);
}

void Registry::add(const Family& family, Labels labels, Read read) {
  const std::unique_lock lock(mutex_);
  series(family, std::move(labels)).parts.push_back(std::move(read));
}

void Registry::add(const Family& family, Labels labels, const streams::Counter& counter) {
  add(family, std::move(labels), [&counter] { return counter.value(); });
}

void Registry::add(const Family& family, Labels labels, HistogramParts parts) {
  const std::unique_lock lock(mutex_);
  series(family, std::move(labels)).histograms.push_back(parts);
}

void Registry::remove(const Label& label) {
  const std::unique_lock lock(mutex_);
  const auto is_removed = [&label](const Series& series) {
    return std::ranges::find(series.labels, label) != series.labels.end();
  };
  for (Entry& each : entries_) {
    const bool counts = each.family->kind == Kind::counter || each.family->kind == Kind::histogram;
    for (const Series& series : each.series) {
      if (!counts || !is_removed(series)) continue;
      const Sum last = read(series, {});
      each.removed.value += last.value;
      each.removed.sum += last.sum;
    }
    std::erase_if(each.series, is_removed);
  }
}

/// Adds the buckets of a histogram to `buckets`, where there is room for them.
Registry::Sum Registry::read(const Series& series, std::span<std::uint64_t> buckets) {
  Sum sum;
  for (const Read& part : series.parts) sum.value += part();
  for (const HistogramParts& part : series.histograms) {
    for (std::size_t i = 0; i < part.buckets.size(); ++i) {
      const std::uint64_t count = part.buckets[i].value();
      sum.value += count;
      if (i < buckets.size()) buckets[i] += count;
    }
    sum.sum += part.sum->value();
  }
  return sum;
}

Registry::Sum Registry::sum(const Entry& entry) {
  Sum sum = entry.removed;
  for (const Series& series : entry.series) {
    const Sum one = read(series, {});
    sum.value += one.value;
    sum.sum += one.sum;
  }
  return sum;
}

void Registry::visit(const Visit& visit) const {
  std::vector<Sample> samples;
  std::vector<std::array<std::uint64_t, Buckets::max_count + 1>> buckets;
  const std::shared_lock lock(mutex_);
  for (const Entry& each : entries_) {
    samples.clear();
    // Before there are views into it.
    buckets.assign(each.family->kind == Kind::histogram ? each.series.size() : 0, {});
    for (const Series& series : each.series) {
      Sample sample{series.labels, 0, {}, 0};
      std::span<std::uint64_t> counts;
      if (each.family->kind == Kind::histogram) {
        counts = std::span(buckets[samples.size()]).first(each.family->buckets.count + 1);
      }
      const Sum sum = read(series, counts);
      sample.value = sum.value;
      sample.buckets = counts;
      sample.sum = sum.sum;
      samples.push_back(sample);
    }
    visit(*each.family, samples);
  }
}

std::vector<Stat> Registry::stats() const {
  std::vector<Stat> stats;
  const std::shared_lock lock(mutex_);
  for (const Entry& each : entries_) {
    const Family& family = *each.family;
    if (!each.told || family.kind == Kind::info) continue;
    const Sum total = sum(each);
    if (family.kind == Kind::histogram) {
      stats.push_back({family.name, "_count", total.value, 0});
      stats.push_back({family.name, "_sum", total.sum, family.unit.decimals});
    } else {
      stats.push_back({family.name, "", total.value, family.unit.decimals});
    }
  }
  return stats;
}

std::uint64_t Registry::value(std::string_view name) const {
  const std::shared_lock lock(mutex_);
  const auto found =
      std::ranges::find(entries_, name, [](const Entry& entry) { return entry.family->name; });
  return found == entries_.end() ? 0 : sum(*found).value;
}

}  // namespace server::insight
