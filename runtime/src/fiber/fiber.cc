#include "fiber/fiber.h"

#include <cxxabi.h>

#include <boost/context/fiber.hpp>
#include <cstring>
#include <new>
#include <utility>

#include "fiber/sanitizer_switch.h"
#include "fiber/stack_pool.h"

namespace kratos::fiber {

namespace {

namespace context = boost::context;

thread_local Fiber* current = nullptr;

// Exceptions in flight belong to the stack they fly on, but the C++ runtime keeps them with the
// thread (Itanium C++ ABI, 2.2.2: two words).
class ExceptionState {
 public:
  void Save() { std::memcpy(words_, abi::__cxa_get_globals(), sizeof words_); }
  void Restore() { std::memcpy(abi::__cxa_get_globals(), words_, sizeof words_); }

 private:
  void* words_[2] = {nullptr, nullptr};
};

// The stack's memory is the pool's.
struct KeepStack {
  void deallocate(context::stack_context&) noexcept {}
};

}  // namespace

const bool kHaveFibers = true;

struct Fiber::Stack {
  explicit Stack(StackMemory m) : memory(m) {}
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  StackMemory memory;
  context::fiber self;    // Valid while the fiber is parked.
  context::fiber caller;  // Valid while it runs.
  ExceptionState exceptions;
  SanitizerSwitch sanitizer;
};

Fiber::Fiber(Executor& executor, Stack& stack, std::function<void()> body)
    : executor_(executor), stack_(stack) {
  context::stack_context place;
  place.sp = this;
  place.size = static_cast<std::size_t>(reinterpret_cast<char*>(this) -
                                        static_cast<char*>(stack_.memory.base));
  stack_.sanitizer.SettingUp(stack_.memory.base, stack_.memory.size);
  stack_.self =
      context::fiber(std::allocator_arg, context::preallocated(place.sp, place.size, place),
                     KeepStack{}, [this, body = std::move(body)](context::fiber&& caller) mutable {
                       stack_.sanitizer.Entered();
                       stack_.caller = std::move(caller);
                       body();
                       body = nullptr;  // What it holds goes while the fiber can still park.
                       stack_.sanitizer.Leaving(/*for_good=*/true);
                       return std::move(stack_.caller);
                     });
  stack_.sanitizer.SetUp();
}

Fiber::~Fiber() {
  const StackMemory memory = stack_.memory;
  stack_.~Stack();
  StackPool::Get().Give(memory);
}

Fiber* Fiber::Make(Executor& executor, std::size_t stack_bytes, std::function<void()> body) {
  constexpr std::size_t kAlignment = 64;
  static_assert(alignof(Stack) <= kAlignment && alignof(Fiber) <= kAlignment);
  constexpr auto kRoom = [](std::size_t bytes) {
    return (bytes + kAlignment - 1) / kAlignment * kAlignment;
  };
  const StackMemory memory = StackPool::Get().Take(stack_bytes);
  char* const place = static_cast<char*>(memory.top()) - kRoom(sizeof(Stack));
  auto* const stack = new (place) Stack(memory);
  return new (place - kRoom(sizeof(Fiber))) Fiber(executor, *stack, std::move(body));
}

void Fiber::Start(Executor& executor, std::size_t stack_bytes, std::function<void()> body) {
  executor.Post([fiber = Make(executor, stack_bytes, std::move(body))] { fiber->Resume(); });
}

void Fiber::StartHere(Executor& executor, std::size_t stack_bytes, std::function<void()> body) {
  Make(executor, stack_bytes, std::move(body))->Resume();
}

void Fiber::StartBeside(std::function<void()> body) {
  const Fiber& here = *Current();
  Start(here.executor_, here.stack_.memory.size, std::move(body));
}

// Never inlined: the address of `current` differs before and after a switch.
__attribute__((noinline)) Fiber* Fiber::Current() { return current; }

__attribute__((noinline)) void SetCurrent(Fiber* fiber) { current = fiber; }

void Fiber::Resume() {
  Fiber* const outer = Current();
  while (true) {
    ExceptionState here;
    here.Save();
    SetCurrent(this);
    stack_.exceptions.Restore();
    stack_.sanitizer.Entering(stack_.memory.base, stack_.memory.size);
    stack_.self = std::move(stack_.self).resume();
    stack_.sanitizer.Left();
    SetCurrent(outer);
    here.Restore();
    if (!stack_.self) {
      this->~Fiber();
      return;
    }
    if (outside_ != nullptr) {
      if ((*std::exchange(outside_, nullptr))()) continue;
      executor_.Post([this] { Resume(); });
      return;
    }
    // From the moment it counts as parked the fiber is somebody else's.
    State expected = State::kRunning;
    if (state_.compare_exchange_strong(expected, State::kParked)) return;
    state_ = State::kRunning;
  }
}

void Fiber::Park() {
  State expected = State::kNotified;
  if (state_.compare_exchange_strong(expected, State::kRunning)) return;
  SwitchOut();
}

void Fiber::StepOut(const std::function<bool()>& call) {
  outside_ = &call;
  SwitchOut();
}

void Fiber::SwitchOut() {
  stack_.exceptions.Save();
  stack_.sanitizer.Leaving(/*for_good=*/false);
  stack_.caller = std::move(stack_.caller).resume();
  stack_.sanitizer.Entered();
}

void Fiber::Unpark() {
  State expected = state_;
  while (true) {
    switch (expected) {
      case State::kNotified:
        return;
      case State::kRunning:
        if (state_.compare_exchange_weak(expected, State::kNotified)) return;
        break;
      case State::kParked:
        if (!state_.compare_exchange_weak(expected, State::kRunning)) break;
        executor_.Post([this] { Resume(); });
        return;
    }
  }
}

}  // namespace kratos::fiber
