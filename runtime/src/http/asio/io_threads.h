// The threads that run I/O loops, and who takes over from one that a call holds up.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "http/asio/io_loop.h"

namespace kratos::http {

/// A loop whose thread has been in the same call for one to two milliseconds gets another thread:
/// one that has come back from such a call, or a new one. Nobody looks at loops in which no calls
/// run.
class IoThreads {
 public:
  /// `loops` of them, on stacks of `stack_bytes`.
  IoThreads(std::size_t loops, std::size_t stack_bytes);
  ~IoThreads();
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  std::size_t size() const { return loops_.size(); }
  IoLoop& operator[](std::size_t i) { return *loops_[i]; }

  /// Runs the loops, on this thread among others, until their contexts have been stopped and every
  /// thread has come back.
  void Run();

 private:
  void Serve(IoLoop* loop);
  IoLoop* WaitForLoop();
  void BeginWatch(IoLoop& loop);
  void ScheduleLook();
  void Look();
  void Relieve(IoLoop& loop, std::uint64_t call);
  bool HasSpareThread();

  struct Seen {
    std::uint64_t running_call = 0;
    std::uint64_t last_call = 0;
    int without_calls = 0;  // Looks in a row.
  };

  std::vector<std::unique_ptr<IoLoop>> loops_;
  std::vector<Seen> seen_;  // At the last look.

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<IoLoop*> relieved_;  // Loops without a thread.
  std::size_t spare_ = 0;         // Threads without a loop.
  std::size_t ended_ = 0;         // Loops that are over.
  std::size_t watched_ = 0;       // Loops that are looked at.
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace kratos::http
