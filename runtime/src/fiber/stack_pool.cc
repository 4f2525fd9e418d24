#include "fiber/stack_pool.h"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <new>

#include "fiber/threads_own.h"

namespace kratos::fiber {

namespace {
std::size_t PageSize() {
  static const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return size;
}
}  // namespace

StackPool& StackPool::Get() {
  static auto* pool = new StackPool;  // Never destroyed: fibers may end while the program does.
  return *pool;
}

// What a thread keeps for itself.
class StackPool::OfThread {
 public:
  ~OfThread() {
    while (count_ > 0) StackPool::Get().GiveShared(kept_[--count_]);
  }

  bool Take(std::size_t bytes, StackMemory* stack) {
    if (count_ == 0 || kept_[count_ - 1].size != bytes) return false;
    *stack = kept_[--count_];
    return true;
  }
  bool Give(StackMemory stack) {
    if (count_ == kept_.size()) return false;
    kept_[count_++] = stack;
    return true;
  }

 private:
  std::array<StackMemory, 8> kept_{};
  std::size_t count_ = 0;
};

[[gnu::noinline]] StackPool::OfThread* StackPool::Own() { return ThreadsOwn<OfThread>::Get(); }

StackMemory StackPool::Take(std::size_t bytes) {
  const std::size_t page = PageSize();
  bytes = (bytes + page - 1) / page * page;
  OfThread* const own = Own();
  if (StackMemory stack; own != nullptr && own->Take(bytes, &stack)) return stack;
  {
    const std::lock_guard lock(mutex_);
    if (!kept_.empty() && kept_.back().size == bytes) {
      const StackMemory stack = kept_.back();
      kept_.pop_back();
      return stack;
    }
  }
  void* memory = mmap(nullptr, bytes + page, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  void* base = static_cast<char*>(memory) + page;
  if (mprotect(base, bytes, PROT_READ | PROT_WRITE) != 0) {
    munmap(memory, bytes + page);
    throw std::bad_alloc();
  }
  return {base, bytes};
}

void StackPool::Give(StackMemory stack) {
  OfThread* const own = Own();
  if (own == nullptr || !own->Give(stack)) GiveShared(stack);
}

void StackPool::GiveShared(StackMemory stack) {
  {
    const std::lock_guard lock(mutex_);
    if (kept_.size() < kMostKept) {
      kept_.push_back(stack);
      return;
    }
  }
  munmap(static_cast<char*>(stack.base) - PageSize(), stack.size + PageSize());
}

}  // namespace kratos::fiber
