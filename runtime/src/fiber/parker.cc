#include "fiber/parker.h"

#include "fiber/timer.h"

namespace kratos::fiber {

void Parker::Park() {
  std::unique_lock lock(mutex_);
  if (fiber_ == nullptr) return changed_.wait(lock, [this] { return unparked_; });
  while (!unparked_) {
    lock.unlock();
    fiber_->Park();
    lock.lock();
  }
}

bool Parker::ParkUntil(Clock::time_point when) {
  std::unique_lock lock(mutex_);
  if (fiber_ == nullptr) return changed_.wait_until(lock, when, [this] { return unparked_; });
  if (unparked_) return true;
  lock.unlock();
  const auto timer = Timer::Get().At(when, [this] { fiber_->Unpark(); });
  lock.lock();
  while (!unparked_ && Clock::now() < when) {
    lock.unlock();
    fiber_->Park();
    lock.lock();
  }
  const bool unparked = unparked_;
  lock.unlock();
  Timer::Get().Cancel(timer);
  return unparked;
}

void Parker::Unpark() {
  const std::lock_guard lock(mutex_);
  unparked_ = true;
  if (fiber_ == nullptr) {
    changed_.notify_one();
  } else {
    fiber_->Unpark();
  }
}

}  // namespace kratos::fiber
