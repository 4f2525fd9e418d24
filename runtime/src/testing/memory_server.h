// What an InMemoryServer is made of; its client uses it too.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>

#include "fiber/thread_pool.h"
#include "http/dispatcher.h"
#include "kratos/fiber/fiber.h"
#include "kratos/testing/in_memory_server.h"
#include "testing/memory_exchange.h"

namespace kratos::testing {

class InMemoryServer::Impl {
 public:
  Impl(std::unique_ptr<http::Dispatcher> dispatcher, InMemoryOptions options)
      : dispatcher_(std::move(dispatcher)), options_(options), calls_(kThreads, 0) {}
  ~Impl();

  /// On the caller's thread.
  Result<http::Response> Call(const Context& ctx, http::Request request);
  std::string CallRaw(std::string_view bytes, const RawOptions& options);

  /// Made, but not begun.
  std::shared_ptr<internal::MemoryExchange> Make(http::Request request);
  /// Serves the call beside the caller.
  void Begin(std::shared_ptr<internal::MemoryExchange> exchange);
  /// As InMemoryServer::Connect; `ctx` bounds the call.
  Result<std::shared_ptr<internal::MemoryExchange>> Connect(const Context& ctx,
                                                            http::Request request);
  void Drain() { draining_.request_stop(); }

  const http::Dispatcher& dispatcher() const { return *dispatcher_; }

 private:
  static constexpr std::size_t kThreads = 64;

  void Serve(internal::MemoryExchange& exchange);
  std::shared_ptr<internal::MemoryExchange> Make(http::Request request, std::size_t window);

  const std::unique_ptr<http::Dispatcher> dispatcher_;
  const InMemoryOptions options_;
  std::stop_source draining_;

  std::mutex mutex_;
  fiber::ConditionVariable changed_;
  std::set<std::shared_ptr<internal::MemoryExchange>> open_;
  fiber::ThreadPool calls_;
};

}  // namespace kratos::testing
