// Things that a thread has finished with and will soon want again.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "fiber/threads_own.h"

namespace kratos::fiber {

/// Up to `kMost` objects a thread, so that what every call needs is not made for every call. What
/// is taken on one thread may be given back on another.
template <class T, std::size_t kMost>
class FreeList {
 public:
  /// One that was given back, as it was then, or a new one.
  [[gnu::noinline]] static std::unique_ptr<T> Take() {
    auto* kept = Kept::Get();
    if (kept == nullptr || kept->empty()) return std::unique_ptr<T>(new T);
    std::unique_ptr<T> taken = std::move(kept->back());
    kept->pop_back();
    return taken;
  }
  [[gnu::noinline]] static void Give(std::unique_ptr<T> object) {
    auto* kept = Kept::Get();
    if (kept != nullptr && kept->size() < kMost) kept->push_back(std::move(object));
  }

 private:
  using Kept = ThreadsOwn<std::vector<std::unique_ptr<T>>>;
};

}  // namespace kratos::fiber
