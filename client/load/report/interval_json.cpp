#include "client/load/report/interval_json.hpp"

#include "client/load/report/figures_json.hpp"

namespace client::load::report {
namespace {

double seconds(Duration time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

std::string interval_json(const Figures& figures, bool open_loop) {
  JsonWriter json(JsonWriter::Layout::line);
  json.begin_object();
  json.member("schema", "echoline.load.interval/1");
  json.member("start_s", seconds(figures.start));
  json.member("length_s", seconds(figures.length));
  write_figures(json, figures);
  if (open_loop) write_histogram(json, "response_ns", figures.response, Buckets::omitted);
  write_histogram(json, "service_ns", figures.service, Buckets::omitted);
  json.end_object();
  return json.text() + '\n';
}

}  // namespace client::load::report
