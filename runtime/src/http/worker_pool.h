// The threads of the httplib engine: one connection each, a bounded queue in front, and somebody at
// the door.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace kratos::http {

/// Runs pieces of work, each of which serves one connection. Work that finds every thread busy and
/// the queue full is run by a thread of its own that only refuses, so that whoever adds work never
/// waits for a peer.
class WorkerPool {
 public:
  /// What the work that runs on this thread may do.
  enum class Admission {
    kServe,   ///< on a thread of the pool
    kRefuse,  ///< there is no room: say so and close
    kDrop,    ///< there is no room even for that: close
  };

  /// `max_queued` zero: no limit.
  WorkerPool(std::size_t threads, std::size_t max_queued);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  void Add(std::function<void()> work);
  /// Runs what is queued, then ends every thread. Nothing may be added any more.
  void Finish();

  static Admission admission() { return admission_; }
  /// True while work waits for a thread.
  bool HasWaiting() const { return waiting_ > 0; }
  /// An eventfd of EFD_SEMAPHORE with about one token for each piece of work that waits.
  int waiting_fd() const { return waiting_fd_; }

 private:
  using Queue = std::deque<std::function<void()>>;
  static constexpr std::size_t kMaxRefused = 64;
  void Run();
  void RunDoor();

  static thread_local Admission admission_;

  const std::size_t max_queued_;
  const int waiting_fd_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::condition_variable refused_ready_;
  Queue queue_;
  Queue refused_;
  std::size_t idle_ = 0;
  std::atomic<std::size_t> waiting_ = 0;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace kratos::http
