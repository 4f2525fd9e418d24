#include "trace/span_queue.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

#include "kratos/errors/errors.h"
#include "kratos/log/log.h"
#include "middleware/exception_slot.h"

namespace kratos::trace {

SpanQueue::SpanQueue(std::vector<Attribute> resource, std::shared_ptr<SpanExporter> exporter,
                     BatchOptions options)
    : resource_(std::move(resource)),
      exporter_(std::move(exporter)),
      options_(options),
      thread_([this] { Run(); }) {}

void SpanQueue::Add(SpanData span) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    if (waiting_.size() >= options_.max_queued_spans) {
      ++stats_.dropped;
      return;
    }
    waiting_.push_back(std::move(span));
    ++added_;
    if (waiting_.size() < options_.max_spans) return;
  }
  work_.notify_one();
}

bool SpanQueue::Flush(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  const std::uint64_t target = added_;
  flush_ = true;
  work_.notify_one();
  return done_.wait_for(lock, timeout, [&] { return finished_ >= target || ended_; });
}

void SpanQueue::Close(std::chrono::milliseconds timeout) {
  {
    std::unique_lock lock(mutex_);
    closed_ = true;
    work_.notify_one();
    if (!done_.wait_for(lock, timeout, [this] { return ended_; })) {
      gave_up_ = true;
      if (exporting_ != nullptr) exporting_->Cancel();
    }
  }
  thread_.join();
}

TracerStats SpanQueue::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

void SpanQueue::Run() {
  std::unique_lock lock(mutex_);
  while (!closed_ || !waiting_.empty()) {
    work_.wait_for(lock, options_.interval,
                   [this] { return closed_ || flush_ || waiting_.size() >= options_.max_spans; });
    flush_ = false;
    while (!waiting_.empty() && !gave_up_) ExportSome(lock);
    if (gave_up_) {
      stats_.failed += waiting_.size();
      waiting_.clear();
    }
  }
  ended_ = true;
  done_.notify_all();
}

void SpanQueue::ExportSome(std::unique_lock<std::mutex>& lock) {
  std::vector<SpanData> batch;
  const std::size_t size = std::min(waiting_.size(), std::max<std::size_t>(options_.max_spans, 1));
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(size);
  std::move(waiting_.begin(), end, std::back_inserter(batch));
  waiting_.erase(waiting_.begin(), end);
  Context ctx;
  if (options_.export_timeout.count() > 0) ctx.LimitDeadline(options_.export_timeout);
  exporting_ = &ctx;
  lock.unlock();
  Status status;
  try {
    status = exporter_->Export(ctx, resource_, std::move(batch));
  } catch (...) {
    status = InternalServer(kReasonUnknown, WhatWasThrown(std::current_exception()));
  }
  if (!status.ok()) {
    log::Write(log::Level::kWarn, "spans are lost",
               {{"spans", size}, {"error", status.error().ToString()}});
  }
  lock.lock();
  exporting_ = nullptr;
  finished_ += size;
  (status.ok() ? stats_.exported : stats_.failed) += size;
  done_.notify_all();
}

}  // namespace kratos::trace
