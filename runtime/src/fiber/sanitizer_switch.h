// Tells AddressSanitizer and ThreadSanitizer that the stack changes; nothing in other builds.
#pragma once

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define KRATOS_ASAN_FIBERS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KRATOS_ASAN_FIBERS 1
#endif
#if __has_feature(thread_sanitizer)
#define KRATOS_TSAN_FIBERS 1
#endif
#endif
#if defined(__SANITIZE_THREAD__) || defined(KRATOS_SANITIZE_THREAD)
#define KRATOS_TSAN_FIBERS 1
#endif

#ifdef KRATOS_ASAN_FIBERS
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef KRATOS_TSAN_FIBERS
#include <sanitizer/tsan_interface.h>
#endif

namespace kratos::fiber {

/// One for each fiber. The thread calls Entering before it switches in and Left when it is back;
/// the fiber calls Entered when it runs and Leaving before it switches out. A stack that is entered
/// to set it up, before the fiber runs, stands between SettingUp and SetUp.
class SanitizerSwitch {
 public:
#ifdef KRATOS_TSAN_FIBERS
  SanitizerSwitch() : fiber_(__tsan_create_fiber(0)) {}
  ~SanitizerSwitch() { __tsan_destroy_fiber(fiber_); }
  SanitizerSwitch(const SanitizerSwitch&) = delete;
  SanitizerSwitch& operator=(const SanitizerSwitch&) = delete;
#endif

  void SettingUp([[maybe_unused]] const void* base, [[maybe_unused]] std::size_t size) {
#ifdef KRATOS_ASAN_FIBERS
    // What the sanitizer keeps beside a stack must not be this thread's.
    __sanitizer_start_switch_fiber(&thread_fake_stack_, base, size);
#endif
  }

  void SetUp() { Left(); }

  void Entering([[maybe_unused]] const void* base, [[maybe_unused]] std::size_t size) {
#ifdef KRATOS_ASAN_FIBERS
    __sanitizer_start_switch_fiber(&thread_fake_stack_, base, size);
#endif
#ifdef KRATOS_TSAN_FIBERS
    thread_ = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(fiber_, 0);
#endif
  }

  void Entered() {
#ifdef KRATOS_ASAN_FIBERS
    __sanitizer_finish_switch_fiber(fiber_fake_stack_, &thread_base_, &thread_size_);
#endif
  }

  void Leaving([[maybe_unused]] bool for_good) {
#ifdef KRATOS_ASAN_FIBERS
    __sanitizer_start_switch_fiber(for_good ? nullptr : &fiber_fake_stack_, thread_base_,
                                   thread_size_);
#endif
#ifdef KRATOS_TSAN_FIBERS
    __tsan_switch_to_fiber(thread_, 0);
#endif
  }

  void Left() {
#ifdef KRATOS_ASAN_FIBERS
    __sanitizer_finish_switch_fiber(thread_fake_stack_, nullptr, nullptr);
#endif
  }

 private:
#ifdef KRATOS_ASAN_FIBERS
  void* thread_fake_stack_ = nullptr;
  void* fiber_fake_stack_ = nullptr;
  const void* thread_base_ = nullptr;
  std::size_t thread_size_ = 0;
#endif
#ifdef KRATOS_TSAN_FIBERS
  void* fiber_;
  void* thread_ = nullptr;
#endif
};

}  // namespace kratos::fiber
