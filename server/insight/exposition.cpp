#include "server/insight/exposition.hpp"

#include <cstddef>
#include <optional>

#include "streams/text/number.hpp"

namespace server::insight {
namespace {

std::string_view without_suffix(std::string_view name, std::string_view suffix) noexcept {
  if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
  return name;
}

std::string_view type_word(Kind kind, Format format) noexcept {
  switch (kind) {
    case Kind::counter: return "counter";
    case Kind::gauge: break;
    case Kind::histogram: return "histogram";
    case Kind::info: return format == Format::openmetrics ? "info" : "gauge";
  }
  return "gauge";
}

/// Behind the backslash that both formats put before these.
std::optional<char> escape_of(char c) noexcept {
  if (c == '\n') return 'n';
  if (c == '\\' || c == '"') return c;
  return std::nullopt;
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    const std::optional<char> escape = escape_of(c);
    if (escape) out += '\\';
    out += escape.value_or(c);
  }
}

class Writer {
 public:
  Writer(std::string& out, const Family& family, Format format)
      : out_(out), family_(family), format_(format) {
    if (!family.name.starts_with("process_")) name_ = "echoline_";
    name_ += family.name;
  }

  void head() {
    std::string_view name = name_;
    if (format_ == Format::openmetrics) {
      if (family_.kind == Kind::counter) name = without_suffix(name, "_total");
      if (family_.kind == Kind::info) name = without_suffix(name, "_info");
    }
    line({"# TYPE ", name, " ", type_word(family_.kind, format_)});
    // Only where the name has it last: OpenMetrics has no other.
    const std::string_view unit = family_.unit.name;
    if (format_ == Format::openmetrics && !unit.empty() && name.ends_with(unit)) {
      line({"# UNIT ", name, " ", unit});
    }
    line({"# HELP ", name, " ", family_.help});
  }

  void sample(const Sample& sample) {
    if (family_.kind != Kind::histogram) {
      begin("", sample.labels);
      return end(sample.value, family_.unit.decimals);
    }
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i < sample.buckets.size(); ++i) {
      so_far += sample.buckets[i];
      std::string bound = "+Inf";
      if (i < family_.buckets.count) {
        bound.clear();
        text::append_float(bound, family_.buckets.bound(i), family_.unit.decimals);
      }
      begin("_bucket", sample.labels, bound);
      end(so_far, 0);
    }
    begin("_count", sample.labels);
    end(sample.value, 0);
    begin("_sum", sample.labels);
    end(sample.sum, family_.unit.decimals);
  }

 private:
  void line(std::initializer_list<std::string_view> parts) {
    for (const std::string_view part : parts) out_ += part;
    out_ += '\n';
  }

  void label(std::string_view name, std::string_view value) {
    out_ += out_.back() == '{' ? "" : ",";
    out_ += name;
    out_ += "=\"";
    append_escaped(out_, value);
    out_ += '"';
  }

  /// A line up to its value.
  void begin(std::string_view suffix, std::span<const Label> labels, std::string_view bound = {}) {
    out_ += name_;
    out_ += suffix;
    if (labels.empty() && bound.empty()) return;
    out_ += '{';
    for (const Label& each : labels) label(each.name, each.value);
    if (!bound.empty()) label("le", bound);
    out_ += '}';
  }

  void end(std::uint64_t value, unsigned decimals) {
    out_ += ' ';
    text::append_decimal(out_, value, decimals);
    out_ += '\n';
  }

  std::string& out_;
  const Family& family_;
  const Format format_;
  std::string name_;
};

}  // namespace

void append_exposition(std::string& out, const Registry& registry, Format format) {
  registry.visit([&out, format](const Family& family, std::span<const Sample> samples) {
    if (samples.empty()) return;
    Writer writer(out, family, format);
    writer.head();
    for (const Sample& sample : samples) writer.sample(sample);
  });
  if (format == Format::openmetrics) out += "# EOF\n";
}

}  // namespace server::insight
