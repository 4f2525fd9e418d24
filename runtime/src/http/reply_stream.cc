#include "http/reply_stream.h"

#include <utility>

#include "fiber/fiber.h"
#include "http/call_state.h"
#include "kratos/errors/errors.h"

namespace kratos::http {

ReplyStream::~ReplyStream() {
  std::unique_lock lock(mutex_);
  ended_ = true;
  const auto timer = std::exchange(timer_, std::nullopt);
  lock.unlock();
  if (timer) fiber::Timer::Get().Cancel(*timer);
  lock.lock();
  changed_.Wait(lock, [this] { return !beating_ && !busy_; });
}

Status ReplyStream::Close() {
  std::unique_lock lock(mutex_);
  changed_.Wait(lock, [this] { return !busy_; });
  if (closed_ || compressor_ == nullptr || !failed_.ok()) return failed_;
  return Send(lock, "", /*last=*/true);
}

bool ReplyStream::started() const {
  const std::lock_guard lock(mutex_);
  return started_;
}

Status ReplyStream::Write(std::string_view bytes) {
  std::unique_lock lock(mutex_);
  changed_.Wait(lock, [this] { return !busy_; });
  if (!failed_.ok()) return failed_;
  if (Status status = ctx_.Err(); !status.ok()) return status;
  return Send(lock, bytes, /*last=*/false);
}

Status ReplyStream::WriteLast(std::string_view bytes) {
  std::unique_lock lock(mutex_);
  changed_.Wait(lock, [this] { return !busy_; });
  if (!failed_.ok()) return failed_;
  return Send(lock, bytes, /*last=*/true);
}

Status ReplyStream::Compress(std::string_view bytes, bool last, std::string* coded) {
  const bool done = compressor_->Feed(bytes, coded) &&
                    (last ? compressor_->Finish(coded) : compressor_->Flush(coded));
  return done ? Status()
              : Status(InternalServer("COMPRESSION_FAILED", "the reply cannot be compressed"));
}

// With the lock held and nobody writing; writes without the lock.
Status ReplyStream::Send(std::unique_lock<std::mutex>& lock, std::string_view bytes, bool last) {
  internal::CallState& state = ctx_.state();
  const bool first = !started_;
  if (first) {
    if (Status status = state.dispatcher.SealHead(ctx_); !status.ok()) return status;
    started_ = true;
    state.head_sent = true;
    state.response.committed = true;
  }
  busy_ = true;
  lock.unlock();
  Status status = first ? state.exchange->StartReply(bytes) : state.exchange->WriteReply(bytes);
  lock.lock();
  busy_ = false;
  if (!status.ok()) failed_ = status;
  closed_ = closed_ || last;
  last_write_ = Clock::now();
  if (first && !heartbeat_.empty() && status.ok()) ArmHeartbeat(last_write_ + interval_);
  changed_.NotifyAll();
  return status;
}

void ReplyStream::KeepAlive(std::string bytes, std::chrono::milliseconds interval) {
  if (interval.count() <= 0) return;
  const std::lock_guard lock(mutex_);
  heartbeat_ = std::move(bytes);
  interval_ = interval;
}

// With the lock held.
void ReplyStream::ArmHeartbeat(Clock::time_point when) {
  if (ended_) return;
  timer_ = fiber::Timer::Get().At(when, [this] {
    const std::lock_guard inner(mutex_);
    timer_.reset();
    if (ended_ || !failed_.ok()) return;
    const auto due = last_write_ + interval_;
    if (busy_ || Clock::now() < due) return ArmHeartbeat(busy_ ? Clock::now() + interval_ : due);
    beating_ = true;
    internal::CallState& state = ctx_.state();
    fiber::Fiber::Start(state.exchange->executor(),
                        state.dispatcher.options().limits.stream_stack_bytes, [this] { Beat(); });
  });
}

void ReplyStream::Beat() {
  std::unique_lock lock(mutex_);
  if (!busy_ && failed_.ok() && !ended_) (void)Send(lock, heartbeat_, /*last=*/false).ok();
  ArmHeartbeat(Clock::now() + interval_);
  beating_ = false;
  changed_.NotifyAll();
}

}  // namespace kratos::http
