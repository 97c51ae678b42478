// Report: everything that is told of a run, while it goes on and at its end: the display, the
// files, the summary. The run's observer; finish() is for whoever started the run. One thread.
#pragma once

#include <string>
#include <vector>

#include "client/load/observer.hpp"
#include "client/load/report/expectation.hpp"
#include "client/load/report/live_display.hpp"
#include "client/load/report/outcome.hpp"
#include "client/load/report/output_file.hpp"
#include "client/load/results.hpp"

namespace client::load::report {

/// Where to report to. An empty name is none, `-` standard output, which then holds no summary:
/// that goes to standard error.
struct Outputs {
  std::string json;    ///< the whole run at its end
  std::string ndjson;  ///< an object for each interval
  std::string hgrm;    ///< HdrHistogram's percentile text of the whole run
  std::string hlog;    ///< HdrHistogram's log of the intervals
  bool quiet = false;  ///< no display
  std::vector<Expectation> expectations;
};

class Report final : public Observer {
 public:
  /// Opens the files, so that what cannot be written is known before the run; throws
  /// std::system_error then. `plan` must outlive the report.
  Report(const Plan& plan, Outputs outputs);

  void connecting(const Plan& plan) override;
  void started() override;
  void interval(const Figures& figures) override;
  void stopping() override;
  /// Writes the files and prints the summary; a file that could not be written is named on standard
  /// error and makes an outcome of `ok` a failure.
  Outcome finish(const Results& results);

 private:
  bool close_files();

  const Plan& plan_;
  std::vector<Expectation> expectations_;
  OutputFile json_;
  OutputFile ndjson_;
  OutputFile hgrm_;
  OutputFile hlog_;
  bool quiet_;
  LiveDisplay display_;
};

}  // namespace client::load::report
