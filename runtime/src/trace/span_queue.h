// Finished spans on their way to the exporter.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "kratos/trace/tracer.h"

namespace kratos::trace {

/// A bounded queue and the thread that empties it. Thread-safe.
class SpanQueue {
 public:
  SpanQueue(std::vector<Attribute> resource, std::shared_ptr<SpanExporter> exporter,
            BatchOptions options);
  SpanQueue(const SpanQueue&) = delete;
  SpanQueue& operator=(const SpanQueue&) = delete;

  /// Never waits for an export.
  void Add(SpanData span);
  bool Flush(std::chrono::milliseconds timeout);
  /// Exports what waits, for as long as `timeout`; later spans are lost. To be called once.
  void Close(std::chrono::milliseconds timeout);
  TracerStats stats() const;

 private:
  void Run();
  void ExportSome(std::unique_lock<std::mutex>& lock);

  const std::vector<Attribute> resource_;
  const std::shared_ptr<SpanExporter> exporter_;
  const BatchOptions options_;

  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable done_;
  std::vector<SpanData> waiting_;
  std::uint64_t added_ = 0;
  std::uint64_t finished_ = 0;
  TracerStats stats_;
  bool flush_ = false;
  bool closed_ = false;
  bool gave_up_ = false;
  bool ended_ = false;
  Context* exporting_ = nullptr;
  std::thread thread_;
};

}  // namespace kratos::trace
