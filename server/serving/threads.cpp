#include "server/serving/threads.hpp"

#include <future>
#include <pthread.h>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace server::serving {

Threads::Threads(std::span<const std::unique_ptr<Worker>> workers, OnEnd on_end)
    : workers_(workers.subspan(1)), on_end_(std::move(on_end)) {
  try {
    threads_.reserve(workers_.size());
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      // Allocated before the thread starts: nobody would hear of a failure on it.
      const std::string name = "worker-" + std::to_string(i + 2);
      Worker& worker = *workers_[i];
      std::promise<void> promise;
      std::future<void> started = promise.get_future();
      threads_.emplace_back(
          [this, name, &worker, started = std::move(promise), work = worker.run()]() mutable {
            ::pthread_setname_np(::pthread_self(), name.c_str());
            bool runs = false;
            std::exception_ptr failure;
            try {
              worker.loop().call_soon_threadsafe([&runs, &started] {
                runs = true;
                started.set_value();
              });
              worker.loop().run(std::move(work));
            } catch (...) {
              failure = std::current_exception();
            }
            worker.mark_ended();
            if (!runs) return started.set_exception(failure);
            on_end_(failure);
          });
      started.get();
    }
  } catch (const std::exception& exception) {
    const std::size_t running = threads_.size() + 1;
    end();
    const std::string what = "only " + std::to_string(running) + " of " +
                             std::to_string(workers.size()) + " workers could be started";
    const auto* const of_system = dynamic_cast<const std::system_error*>(&exception);
    if (of_system != nullptr) throw std::system_error(of_system->code(), what);
    throw std::runtime_error(what + ": " + exception.what());
  }
}

Threads::~Threads() { end(); }

void Threads::end() noexcept {
  for (const auto& worker : workers_.first(threads_.size())) worker->end_intake();
  for (std::thread& thread : threads_) thread.join();
}

}  // namespace server::serving
