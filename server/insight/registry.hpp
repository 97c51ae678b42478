// The Registry: all figures of the server, by family and labels. Whoever counts something registers
// it and goes on counting; the registry asks when it is asked. STATS, SIGUSR1, the status line and
// a scrape read here, so that all tell the same. Samples of a family with the same labels, such as
// every worker's, are one sample, their sum.
//
// Any thread may read, several at once. Who registers or removes waits for them: at the start and
// in a reload only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/insight/family.hpp"
#include "server/insight/histogram.hpp"
#include "streams/counter.hpp"

namespace server::insight {

struct Label {
  std::string_view name;  ///< static
  std::string value;      ///< UTF-8

  bool operator==(const Label&) const = default;
};
/// Of one sample, in the order in which they are told.
using Labels = std::vector<Label>;

/// What a sample came to when it was read. The views hold during the visit.
struct Sample {
  std::span<const Label> labels;
  std::uint64_t value = 0;                 ///< of a histogram, how many values it counted
  std::span<const std::uint64_t> buckets;  ///< of a histogram: each by itself, the rest last
  std::uint64_t sum = 0;                   ///< of a histogram
};

/// One line of STATS.
struct Stat {
  std::string_view name;
  std::string_view suffix;  ///< behind the name: a histogram has a line for _count and one for _sum
  std::uint64_t value;
  unsigned decimals;  ///< of the value, as Unit has it

  /// The value as far as a floating-point number has it.
  double number() const noexcept;
};

class Registry {
 public:
  /// Reads a figure, on any thread. What it reads from outlives the sample.
  using Read = std::function<std::uint64_t()>;

  Registry() = default;
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  /// Fixes an order. A family that is not here follows when its first sample comes. Families
  /// outlive the registry.
  void declare(std::span<const Family> families);

  void add(const Family& family, Labels labels, Read read);
  void add(const Family& family, Labels labels, const streams::Counter& counter);
  /// The family's buckets are those of the histogram.
  void add(const Family& family, Labels labels, HistogramParts parts);
  /// Removes every sample with this label; what it read from may go. Sums over a family do not go
  /// back for that: they keep what its counters and histograms had come to.
  void remove(const Label& label);

  /// Called with one family after the other, in their order, those without a sample too. It must
  /// not call the registry.
  using Visit = std::function<void(const Family& family, std::span<const Sample> samples)>;
  void visit(const Visit& visit) const;

  /// The sums over the families that have samples, in their order, without labels; none of Kind::
  /// info, which is all labels.
  std::vector<Stat> stats() const;
  /// One of these sums, of a histogram its count; 0 if there is none of that name.
  std::uint64_t value(std::string_view name) const;

 private:
  struct Series {
    Labels labels;
    std::vector<Read> parts;
    std::vector<HistogramParts> histograms;
  };
  struct Sum {
    std::uint64_t value = 0;
    std::uint64_t sum = 0;
  };
  struct Entry {
    const Family* family;
    std::vector<Series> series;
    Sum removed;
    bool told;  // it has, or had, a sample
  };

  Entry& entry(const Family& family);
  Series& series(const Family& family, Labels labels);
  static Sum read(const Series& series, std::span<std::uint64_t> buckets);
  static Sum sum(const Entry& entry);

  mutable std::shared_mutex mutex_;
  std::vector<Entry> entries_;
};

}  // namespace server::insight
