// Things that a thread has finished with and will soon want again.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace kratos::fiber {

/// Up to `kMost` objects a thread, so that what every call needs is not made for every call. What
/// is taken on one thread may be given back on another.
template <class T, std::size_t kMost>
class FreeList {
 public:
  /// One that was given back, as it was then, or a new one.
  // Never inlined: a fiber may change threads between the two, and the address of the list with it.
  [[gnu::noinline]] static std::unique_ptr<T> Take() {
    auto* kept = Kept();
    if (kept == nullptr || kept->empty()) return std::unique_ptr<T>(new T);
    std::unique_ptr<T> taken = std::move(kept->back());
    kept->pop_back();
    return taken;
  }
  [[gnu::noinline]] static void Give(std::unique_ptr<T> object) {
    auto* kept = Kept();
    if (kept != nullptr && kept->size() < kMost) kept->push_back(std::move(object));
  }

 private:
  // Null once the thread's own variables are gone: what is static in a program ends after them.
  static std::vector<std::unique_ptr<T>>* Kept() {
    struct Store {
      explicit Store(bool* gone) : is_gone(gone) {}
      ~Store() { *is_gone = true; }
      std::vector<std::unique_ptr<T>> kept;
      bool* is_gone;
    };
    thread_local bool gone = false;
    thread_local Store store(&gone);
    return gone ? nullptr : &store.kept;
  }
};

}  // namespace kratos::fiber
