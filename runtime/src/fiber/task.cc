#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "fiber/fiber.h"
#include "kratos/fiber/fiber.h"

namespace kratos::fiber {

// Shared, for the thread or fiber still has to let go of it when whoever waits goes on.
struct Task::State {
  std::mutex mutex;
  ConditionVariable changed;
  bool ended = false;
  std::exception_ptr thrown;

  void Run(std::function<void(Context&)> work, Context& ctx) {
    std::exception_ptr caught;
    try {
      work(ctx);
    } catch (...) {
      caught = std::current_exception();
    }
    work = nullptr;  // What it holds goes before whoever waits goes on.
    const std::lock_guard lock(mutex);
    thrown = std::move(caught);
    ended = true;
    changed.NotifyAll();
  }
};

Task::Task(Context& ctx, std::function<void(Context&)> work)
    : ctx_(&ctx), state_(std::make_shared<State>()) {
  auto run = [this, state = state_, work = std::move(work)]() mutable {
    state->Run(std::move(work), ctx_);
  };
  if (InFiber()) {
    Fiber::StartBeside(std::move(run));
  } else {
    std::thread(std::move(run)).detach();
  }
}

Task::~Task() {
  Cancel();
  Wait();
}

void Task::Cancel() { ctx_.Cancel(); }

void Task::Wait() noexcept {
  std::unique_lock lock(state_->mutex);
  state_->changed.Wait(lock, [this] { return state_->ended; });
}

void Task::Join() {
  Wait();
  if (auto thrown = std::exchange(state_->thrown, nullptr)) std::rethrow_exception(thrown);
}

}  // namespace kratos::fiber
