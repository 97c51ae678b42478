#include "streams/connection_pool.hpp"

#include <algorithm>

#include "streams/error.hpp"
#include "streams/misuse.hpp"
#include "streams/open_connection.hpp"

namespace streams {
namespace {

bool is_fit(Connection& connection) noexcept {
  const Transport& transport = connection.transport();
  return transport.is_open() && !connection.writer().is_closing() &&
         connection.writer().pending() == 0 && connection.reader().buffered() == 0 &&
         transport.unread() == 0 && !transport.peer_is_through();
}

/// One more for as long as it lives, whatever ends it.
template <class Number>
class Counted {
 public:
  explicit Counted(Number& number) noexcept : number_(number) { ++number_; }
  ~Counted() { --number_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  Number& number_;
};

}  // namespace

/// A connection on its way, which has failed unless it has succeeded(), whatever ends it.
class ConnectionPool::Opening {
 public:
  explicit Opening(ConnectionPool& pool) noexcept : pool_(pool) { ++pool_.opening_; }
  ~Opening() {
    --pool_.opening_;
    ++(has_succeeded_ ? pool_.opened_ : pool_.failed_);
  }
  Opening(const Opening&) = delete;
  Opening& operator=(const Opening&) = delete;
  void succeeded() noexcept { has_succeeded_ = true; }

 private:
  ConnectionPool& pool_;
  bool has_succeeded_ = false;
};

Lease::Lease(ConnectionPool& pool, std::string key, std::unique_ptr<Connection> connection,
             Permit permit, bool reused) noexcept
    : pool_(&pool),
      key_(std::move(key)),
      connection_(std::move(connection)),
      permit_(std::move(permit)),
      reused_(reused) {
  ++pool.in_use_;
}

Lease& Lease::operator=(Lease&& other) noexcept {
  if (this != &other) {
    drop();
    pool_ = std::exchange(other.pool_, nullptr);
    key_ = std::move(other.key_);
    connection_ = std::move(other.connection_);
    permit_ = std::move(other.permit_);
    reused_ = other.reused_;
  }
  return *this;
}

void Lease::release() noexcept {
  if (pool_ == nullptr) return;
  if (is_fit(*connection_)) pool_->keep(std::move(key_), std::move(connection_));
  drop();
}

void Lease::drop() noexcept {
  if (pool_ == nullptr) return;
  connection_.reset();
  --std::exchange(pool_, nullptr)->in_use_;
  permit_.release();
}

ConnectionPool::ConnectionPool(EventLoop& loop, PoolOptions options)
    : loop_(loop), options_(options), places_(loop, options.limit) {
  kept_.reserve(options_.kept);
}

ConnectionPool::~ConnectionPool() {
  if (in_use_ != 0) fatal_misuse("a ConnectionPool was destroyed while a lease is out");
  if (waiting_ + opening_ != 0) {
    fatal_misuse("a ConnectionPool was destroyed while somebody is in acquire()");
  }
}

Task<Permit> ConnectionPool::wait_for_place() {
  const Counted waiting(waiting_);
  co_return co_await places_.acquire();
}

Task<Acquired> ConnectionPool::acquire(Address address) {
  Acquired acquired;
  Permit permit = places_.try_acquire();
  if (!permit && !closed_) permit = co_await wait_for_place();
  if (!permit || closed_) {
    acquired.ec = closed_ ? make_error_code(Error::closed) : make_cancelled();
    co_return acquired;
  }
  std::string key = to_string(address);
  drop_unfit();
  if (auto kept = take_kept(key)) {
    ++reused_;
    acquired.lease = Lease(*this, std::move(key), std::move(kept), std::move(permit), true);
    co_return acquired;
  }
  Opening counted(*this);
  auto opening = open_connection(loop_, std::move(address), options_.streams);
  Opened opened = co_await std::move(opening);
  acquired.ec = opened.ec;
  if (acquired.ec) co_return acquired;
  counted.succeeded();
  if (closed_) {
    acquired.ec = make_error_code(Error::closed);
    co_return acquired;
  }
  acquired.lease =
      Lease(*this, std::move(key), std::move(opened.connection), std::move(permit), false);
  co_return acquired;
}

void ConnectionPool::drop_unfit() noexcept {
  std::erase_if(kept_, [](const Kept& kept) { return !is_fit(*kept.connection); });
}

// The last one that was kept: those that nobody needs grow old, and are the first to be closed.
std::unique_ptr<Connection> ConnectionPool::take_kept(const std::string& key) noexcept {
  const auto found = std::find_if(kept_.rbegin(), kept_.rend(),
                                  [&key](const Kept& kept) { return kept.key == key; });
  if (found == kept_.rend()) return nullptr;
  auto connection = std::move(found->connection);
  kept_.erase(std::next(found).base());
  return connection;
}

void ConnectionPool::keep(std::string key, std::unique_ptr<Connection> connection) noexcept {
  if (closed_ || options_.kept == 0 || options_.kept_per_address == 0) return;
  const auto same = [&key](const Kept& kept) { return kept.key == key; };
  const auto count = static_cast<std::size_t>(std::count_if(kept_.begin(), kept_.end(), same));
  if (count >= options_.kept_per_address) {
    kept_.erase(std::find_if(kept_.begin(), kept_.end(), same));
  } else if (kept_.size() >= options_.kept) {
    kept_.erase(kept_.begin());
  }
  kept_.push_back({std::move(key), std::move(connection)});
}

void ConnectionPool::close() noexcept {
  closed_ = true;
  kept_.clear();
  places_.close();
}

PoolFigures ConnectionPool::figures() const noexcept {
  PoolFigures figures;
  figures.open = in_use_ + kept_.size();
  figures.in_use = in_use_;
  figures.kept = kept_.size();
  figures.waiting = waiting_;
  figures.opening = opening_;
  figures.opened = opened_;
  figures.reused = reused_;
  figures.failed = failed_;
  return figures;
}

}  // namespace streams
