// One object a thread, for as long as the thread has variables.
#pragma once

namespace kratos::fiber {

/// A thread's own T, made when it first asks.
template <class T>
class ThreadsOwn {
 public:
  /// Null once the thread's variables are gone: what is static in a program ends after them, and
  /// T's own destructor may ask as well. Call it in functions that are never inlined: a fiber may
  /// go on on another thread, and a compiler keeps the address.
  static T* Get() {
    struct Store {
      ~Store() { gone_ = true; }
      T object;
    };
    if (gone_) return nullptr;
    thread_local Store store;
    return &store.object;
  }

 private:
  static constinit thread_local bool gone_;
};

template <class T>
constinit thread_local bool ThreadsOwn<T>::gone_ = false;

}  // namespace kratos::fiber
