// Stackful fibers: code that waits without holding a thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

#include "fiber/executor.h"

namespace kratos::fiber {

/// Runs a function on a stack of its own. Whenever the function parks, the thread goes on with
/// other work; Unpark has it continue on any thread of its executor. Only the runtime makes fibers.
///
/// A fiber may change threads where it parks, so code in it must not keep a lock, or the address of
/// a thread-local variable, across a wait. Exceptions may be in flight across one.
class Fiber {
 public:
  /// Starts `body`, which must not throw, on `executor`; its stack has `stack_bytes` and a guard
  /// page. `executor` must outlive the fiber. Without Boost.Context there are no fibers: then
  /// `body` runs as a plain task (see kHaveFibers).
  static void Start(Executor& executor, std::size_t stack_bytes, std::function<void()> body);
  /// The same on this thread at once, until `body` parks for the first time.
  static void StartHere(Executor& executor, std::size_t stack_bytes, std::function<void()> body);

  /// Starts `body` on the executor of the fiber this code runs in, with as large a stack.
  static void StartBeside(std::function<void()> body);

  /// The fiber this code runs in, or null.
  static Fiber* Current();

  /// Runs `call`, which must not throw, on the stack of the thread that runs this fiber, as code
  /// outside of any fiber. Then the fiber goes on: here if `call` returns true, else on its
  /// executor. Only in the fiber itself.
  void StepOut(const std::function<bool()>& call);

  /// Waits for Unpark; one that came first is remembered, and several count as one. Only in the
  /// fiber itself.
  void Park();
  /// Thread-safe. The fiber must not have ended.
  void Unpark();

 private:
  struct Stack;
  enum class State { kRunning, kParked, kNotified };

  Fiber(Executor& executor, Stack& stack, std::function<void()> body);
  ~Fiber();
  /// Lives at the top of its own stack.
  static Fiber* Make(Executor& executor, std::size_t stack_bytes, std::function<void()> body);
  void Resume();
  void SwitchOut();

  Executor& executor_;
  std::atomic<State> state_ = State::kRunning;
  const std::function<bool()>* outside_ = nullptr;  // What StepOut is to run.
  Stack& stack_;
};

/// False in a build without Boost.Context.
extern const bool kHaveFibers;

}  // namespace kratos::fiber
