// What runs pieces of work on threads of its own.
#pragma once

#include <functional>

namespace kratos::fiber {

class Executor {
 public:
  virtual ~Executor() = default;
  /// Runs `task` soon, on one of the executor's threads; never refused. Thread-safe.
  virtual void Post(std::function<void()> task) = 0;
};

}  // namespace kratos::fiber
