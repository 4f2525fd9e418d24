// Where Boost.Context is missing: what would be a fiber is a task that holds its thread.
#include <utility>

#include "fiber/fiber.h"

namespace kratos::fiber {

const bool kHaveFibers = false;

struct Fiber::Stack {};

Fiber::~Fiber() = default;

void Fiber::Start(Executor& executor, std::size_t, std::function<void()> body) {
  executor.Post(std::move(body));
}

void Fiber::StartHere(Executor&, std::size_t, std::function<void()> body) { body(); }

void Fiber::StartBeside(std::function<void()>) {}  // Nothing runs in a fiber.

Fiber* Fiber::Current() { return nullptr; }

void Fiber::StepOut(const std::function<bool()>&) {}

void Fiber::Park() {}

void Fiber::Unpark() {}

}  // namespace kratos::fiber
