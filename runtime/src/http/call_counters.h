// How many calls a server has served.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "kratos/http/message.h"
#include "kratos/http/server.h"

namespace kratos::http {

/// Thread-safe.
class CallCounters {
 public:
  /// Counts a call that is answered in `response` by the end of this object.
  class Running {
   public:
    Running(CallCounters& counters, const Response& response)
        : counters_(counters), response_(response) {
      counters_.started_.fetch_add(1, std::memory_order_relaxed);
    }
    ~Running() { counters_.Answered(response_.status); }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

   private:
    CallCounters& counters_;
    const Response& response_;
  };

  void CountRefused() { refused_.fetch_add(1, std::memory_order_relaxed); }

  ServerStats Read() const {
    ServerStats stats;
    // The ends first, so that no more have ended than had begun.
    for (std::size_t i = 0; i < answered_.size(); ++i) {
      stats.answered[i] = answered_[i].load(std::memory_order_acquire);
      stats.running -= stats.answered[i];
    }
    stats.started = started_.load(std::memory_order_relaxed);
    stats.running += stats.started;
    stats.refused = refused_.load(std::memory_order_relaxed);
    return stats;
  }

 private:
  void Answered(int status) {
    const int first_digit = status / 100;
    const bool known = first_digit >= 1 && first_digit <= 5;
    answered_[known ? static_cast<std::size_t>(first_digit - 1) : answered_.size() - 1].fetch_add(
        1, std::memory_order_release);
  }

  std::atomic<std::uint64_t> started_ = 0;
  std::atomic<std::uint64_t> refused_ = 0;
  std::array<std::atomic<std::uint64_t>, 5> answered_{};
};

}  // namespace kratos::http
