// Stacks for fibers.
#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

namespace kratos::fiber {

/// `size` usable bytes from `base` upwards, with a guard page below.
struct StackMemory {
  void* base = nullptr;
  std::size_t size = 0;
  void* top() const { return static_cast<char*>(base) + size; }
};

/// Keeps some of the stacks that are given back, a few of them for the thread that gave them, so
/// that most fibers start without a system call or a lock.
/// Memory is reserved, not used: a page costs something once it is touched. Thread-safe.
class StackPool {
 public:
  static StackPool& Get();

  /// Throws std::bad_alloc when the system has no more memory maps.
  StackMemory Take(std::size_t bytes);
  void Give(StackMemory stack);

 private:
  static constexpr std::size_t kMostKept = 256;
  class OfThread;
  static OfThread* Own();
  void GiveShared(StackMemory stack);

  std::mutex mutex_;
  std::vector<StackMemory> kept_;
};

}  // namespace kratos::fiber
