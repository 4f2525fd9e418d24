// Threads that run calls and fibers, as many as it takes up to a limit.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "fiber/executor.h"

namespace kratos::fiber {

/// Starts a few threads as work comes, and more when work waits although the threads there are do
/// not end theirs: so short calls share few threads, and ones that block get more, up to the limit.
/// Thread-safe.
class ThreadPool final : public Executor {
 public:
  /// At most `max_threads` pieces of work run at once. `max_queued` bounds the calls that wait for
  /// a thread; zero: no limit.
  ThreadPool(std::size_t max_threads, std::size_t max_queued);
  /// Runs what was posted, then ends the threads.
  ~ThreadPool() override;
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  void Post(std::function<void()> task) override;
  /// As Post for a new call, which may be refused: false when too many wait.
  bool TryPost(std::function<void()> call);

  /// Has a call that runs elsewhere count as one of the pool's until Leave; false when there are
  /// `max_threads` already, or work waits for one of them to end.
  bool Enter();
  void Leave();

 private:
  struct Task {
    std::function<void()> run;
    bool call = false;
  };
  bool Add(Task task);
  bool TryEnter();
  bool EnterFromQueue();
  void StartThread();
  void Watch();
  void Grow();
  void Run();

  const std::size_t base_threads_;
  const std::size_t max_threads_;
  const std::size_t max_queued_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::condition_variable unwatched_;
  std::deque<Task> queue_;
  std::size_t queued_calls_ = 0;
  std::size_t idle_ = 0;
  std::size_t taken_ = 0;       // Tasks taken from the queue so far.
  std::size_t taken_then_ = 0;  // Its value when the watch began.
  bool watching_ = false;       // A look at the queue is due.
  bool stop_ = false;
  std::atomic<std::size_t> running_ = 0;  // Calls that have entered.
  std::atomic<bool> starving_ = false;    // A thread that could run something waits to enter.
  std::vector<std::thread> threads_;
};

/// The program's pool for calls that block, of 64 threads; never destroyed.
ThreadPool& BlockingPool();

}  // namespace kratos::fiber
