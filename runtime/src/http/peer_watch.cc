#include "http/peer_watch.h"

#include <poll.h>

#include <chrono>
#include <vector>

namespace kratos::http {

namespace {
constexpr std::chrono::milliseconds kInterval{100};
}  // namespace

PeerWatch::PeerWatch() : thread_([this] { Run(); }) {}

PeerWatch::~PeerWatch() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

PeerWatch::Watched::Watched(PeerWatch& watch, int socket, std::stop_source source) : watch_(watch) {
  bool first = false;
  {
    const std::lock_guard lock(watch_.mutex_);
    first = watch_.entries_.empty();
    entry_ = watch_.entries_.emplace(watch_.entries_.end(), Entry{socket, std::move(source)});
  }
  if (first) watch_.changed_.notify_one();
}

PeerWatch::Watched::~Watched() {
  const std::lock_guard lock(watch_.mutex_);
  watch_.entries_.erase(entry_);
}

void PeerWatch::CancelAll() {
  std::vector<std::stop_source> sources;
  {
    const std::lock_guard lock(mutex_);
    for (auto& entry : entries_) sources.push_back(entry.source);
  }
  for (auto& source : sources)
    source.request_stop();  // Outside the lock: it runs callbacks of the handlers.
}

void PeerWatch::Run() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    if (entries_.empty()) {
      changed_.wait(lock, [this] { return stop_ || !entries_.empty(); });
      continue;
    }
    if (changed_.wait_for(lock, kInterval, [this] { return stop_; })) break;
    std::vector<pollfd> sockets;
    std::vector<std::stop_source> sources;
    for (auto& entry : entries_) {
      sockets.push_back({entry.socket, POLLRDHUP, 0});
      sources.push_back(entry.source);
    }
    // The sockets stay open while their entries are in the list, so they are looked at under the
    // lock.
    poll(sockets.data(), sockets.size(), 0);
    lock.unlock();
    for (std::size_t i = 0; i < sockets.size(); ++i) {
      if ((sockets[i].revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0) sources[i].request_stop();
    }
    lock.lock();
  }
}

}  // namespace kratos::http
