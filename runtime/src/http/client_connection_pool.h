// Idle connections, kept for reuse.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "http/client_connection.h"

namespace kratos::http {

/// Last in, first out, so that what is not needed grows old and gets closed. Thread-safe.
class ConnectionPool {
 public:
  /// At most `max_idle` connections for each origin, each for `idle_timeout` at the longest (zero:
  /// no limit).
  ConnectionPool(std::size_t max_idle, std::chrono::milliseconds idle_timeout)
      : max_idle_(max_idle), idle_timeout_(idle_timeout) {}

  /// A connection to `origin` that is open, or null.
  std::unique_ptr<Connection> Take(const std::string& origin);
  void Put(const std::string& origin, std::unique_ptr<Connection> connection);

 private:
  using Clock = std::chrono::steady_clock;
  struct Idle {
    std::unique_ptr<Connection> connection;
    Clock::time_point since;
  };
  using Closing = std::deque<Idle>;

  // Moves what is too old out of every origin's list.
  void CollectOld(Closing* closing);

  const std::size_t max_idle_;
  const std::chrono::milliseconds idle_timeout_;
  std::mutex mutex_;
  // Oldest first.
  std::map<std::string, std::deque<Idle>> idle_;
};

}  // namespace kratos::http
