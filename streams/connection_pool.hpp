// ConnectionPool: connections that are kept for the next one who needs them; what asyncio calls a
// resource pool with acquire and release. At most `limit` are out at a time, and who comes later
// waits, first come, first served.
//
//     Acquired acquired = co_await pool.acquire(address);
//     if (acquired.ec) co_return acquired.ec;
//     ... acquired.lease.connection() ...
//     acquired.lease.release();   // where the conversation ended well; else it is closed
//
// A connection whose peer has closed it, or has said something unasked, is not handed out. A peer
// may still close one in the moment in which it is used: where is_reused(), ask once more.
//
// Belongs to one loop, its thread. Outlives its leases.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "streams/address.hpp"
#include "streams/connection.hpp"
#include "streams/event_loop.hpp"
#include "streams/semaphore.hpp"
#include "streams/task.hpp"

namespace streams {

class ConnectionPool;

/// A connection of a pool's, for as long as it is used. Dropped without release() it closes the
/// connection: nobody knows what state the conversation was in. Empty when default-constructed,
/// moved from or released.
class [[nodiscard]] Lease {
 public:
  Lease() = default;
  Lease(Lease&& other) noexcept
      : pool_(std::exchange(other.pool_, nullptr)),
        key_(std::move(other.key_)),
        connection_(std::move(other.connection_)),
        permit_(std::move(other.permit_)),
        reused_(other.reused_) {}
  Lease& operator=(Lease&& other) noexcept;
  ~Lease() { drop(); }

  /// Whether there is a connection.
  explicit operator bool() const noexcept { return connection_ != nullptr; }
  /// Of a lease that is not empty.
  Connection& connection() const noexcept { return *connection_; }
  /// Whether somebody has used it before.
  bool is_reused() const noexcept { return reused_; }
  /// Back to the pool, to be used again. One that is closing, or on which something is unread or
  /// unsent, is closed instead. An empty lease has nothing to release.
  void release() noexcept;

 private:
  friend class ConnectionPool;
  Lease(ConnectionPool& pool, std::string key, std::unique_ptr<Connection> connection,
        Permit permit, bool reused) noexcept;
  void drop() noexcept;

  ConnectionPool* pool_ = nullptr;
  std::string key_;  // of the address
  std::unique_ptr<Connection> connection_;
  Permit permit_;  // the last to go: whoever gets it finds the connection kept
  bool reused_ = false;
};

/// What acquire() has come to.
struct Acquired {
  Acquired() = default;
  /// Why there is none: open_connection()'s, Error::closed, std::errc::operation_canceled.
  std::error_code ec;
  /// Empty where there is an error.
  Lease lease;
};

/// What a pool is made with.
struct PoolOptions {
  PoolOptions() = default;
  std::size_t limit = 16;            ///< leases at a time, connections being opened included
  std::size_t kept = 16;             ///< connections kept, in all
  std::size_t kept_per_address = 4;  ///< and of one address
  StreamOptions streams;             ///< of each connection
};

/// What a pool has at present, and what it has done so far.
struct PoolFigures {
  std::size_t open = 0;      ///< connections: those in use and those kept
  std::size_t in_use = 0;    ///< leases
  std::size_t kept = 0;      ///< connections that wait for somebody to use them
  std::size_t waiting = 0;   ///< those in acquire() who wait for a lease to end
  std::size_t opening = 0;   ///< connections on their way
  std::uint64_t opened = 0;  ///< connections opened so far
  std::uint64_t reused = 0;  ///< times that a kept one was handed out
  std::uint64_t failed = 0;  ///< connections that could not be opened, for being cancelled too
};

class ConnectionPool {
 public:
  /// With nothing open. Throws std::bad_alloc.
  explicit ConnectionPool(EventLoop& loop, PoolOptions options = {});
  /// Closes what is kept. Calls fatal_misuse() when a lease is out or somebody is in acquire().
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  /// A connection to `address`: the one that was kept last, or a new one. Waits while `limit` are
  /// in use. No time-out of its own: with_timeout(). Throws what open_connection() throws.
  Task<Acquired> acquire(Address address);

  /// For the end: closes what is kept and gives out nothing any more; those who wait, or come, get
  /// Error::closed. Leases that are out stay good, and their connections are closed with them.
  void close() noexcept;

  /// A kept connection whose peer has closed it counts until the next acquire() finds it.
  PoolFigures figures() const noexcept;

 private:
  friend class Lease;
  class Opening;
  struct Kept {
    std::string key;
    std::unique_ptr<Connection> connection;
  };

  Task<Permit> wait_for_place();
  void drop_unfit() noexcept;
  std::unique_ptr<Connection> take_kept(const std::string& key) noexcept;
  void keep(std::string key, std::unique_ptr<Connection> connection) noexcept;

  EventLoop& loop_;
  const PoolOptions options_;
  Semaphore places_;
  std::vector<Kept> kept_;  // the oldest first; room for all is reserved
  std::size_t in_use_ = 0;
  std::size_t waiting_ = 0;
  std::size_t opening_ = 0;
  std::uint64_t opened_ = 0;
  std::uint64_t reused_ = 0;
  std::uint64_t failed_ = 0;
  bool closed_ = false;
};

}  // namespace streams
