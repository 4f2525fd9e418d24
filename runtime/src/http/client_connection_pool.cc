#include "http/client_connection_pool.h"

#include <utility>

namespace kratos::http {

void ConnectionPool::CollectOld(Closing* closing) {
  if (idle_timeout_ <= std::chrono::milliseconds::zero()) return;
  const auto oldest = Clock::now() - idle_timeout_;
  for (auto entry = idle_.begin(); entry != idle_.end();) {
    auto& list = entry->second;
    while (!list.empty() && list.front().since <= oldest) {
      closing->push_back(std::move(list.front()));
      list.pop_front();
    }
    entry = list.empty() ? idle_.erase(entry) : std::next(entry);
  }
}

std::unique_ptr<Connection> ConnectionPool::Take(const std::string& origin) {
  // Declared before the lock: connections are closed, which may write, after it is released.
  Closing closing;
  const std::lock_guard lock(mutex_);
  CollectOld(&closing);
  const auto entry = idle_.find(origin);
  if (entry == idle_.end()) return nullptr;
  auto& list = entry->second;
  while (!list.empty()) {
    auto newest = std::move(list.back());
    list.pop_back();
    if (newest.connection->IdleIsSound()) return std::move(newest.connection);
    closing.push_back(std::move(newest));
  }
  return nullptr;
}

void ConnectionPool::Put(const std::string& origin, std::unique_ptr<Connection> connection) {
  Closing closing;
  const std::lock_guard lock(mutex_);
  CollectOld(&closing);
  auto& list = idle_[origin];
  list.push_back({std::move(connection), Clock::now()});
  if (list.size() > max_idle_) {
    closing.push_back(std::move(list.front()));
    list.pop_front();
  }
}

}  // namespace kratos::http
