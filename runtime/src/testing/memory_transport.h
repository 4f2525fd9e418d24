// A connection whose bytes are all there from the start.
#pragma once

#include <cstddef>
#include <stop_token>
#include <string>
#include <string_view>

#include "http/byte_transport.h"
#include "http/request_loop.h"
#include "http/socket_waiter.h"
#include "kratos/testing/in_memory_server.h"

namespace kratos::testing::internal {

/// Reads from `input`, which must outlive it, and keeps what is written.
class MemoryTransport final : public http::ByteTransport {
 public:
  MemoryTransport(std::string_view input, const RawOptions& options)
      : input_(input), options_(options) {}

  std::string PeerName() const override { return ""; }
  bool tls() const override { return false; }
  Outcome Handshake() override { return Outcome::kDone; }
  Moved Read(char* to, std::size_t size) override;
  Moved Write(std::span<const std::string_view> pieces) override;
  bool HasPending() const override { return !input_.empty(); }
  void SayGoodbye() override {}
  bool EndWriting() override { return true; }
  void ResetOnClose() override {}
  Moved Discard() override;

  /// Fires when the peer hangs up.
  std::stop_token WatchPeer();
  std::string TakeOutput() { return std::move(output_); }

 private:
  bool Gone() const { return options_.hang_up && input_.empty(); }

  std::string_view input_;
  const RawOptions options_;
  std::string output_;
  std::stop_source peer_gone_{std::nostopstate};  // Made for the first call that asks.
};

/// There is nothing to wait for: what a MemoryTransport has not got will not come.
class NoWait final : public http::SocketWaiter {
 public:
  Ready WaitReadable(std::chrono::milliseconds) override { return Ready::kEnded; }
  Ready WaitWritable(std::chrono::milliseconds) override { return Ready::kEnded; }
};

/// Runs the calls of a MemoryTransport where it is used.
class MemoryHost final : public http::CallHost {
 public:
  MemoryHost(MemoryTransport& transport, std::stop_token draining, fiber::Executor& executor)
      : transport_(transport), draining_(std::move(draining)), executor_(executor) {}

  bool Run(const http::Exchange&, const std::function<void()>& call) override {
    call();
    return true;
  }
  std::stop_token WatchPeer() override { return transport_.WatchPeer(); }
  void UnwatchPeer() override {}
  std::stop_token draining() const override { return draining_; }
  fiber::Executor& executor() override { return executor_; }
  bool closing() const override { return draining_.stop_requested(); }
  Result<std::unique_ptr<http::WebSocketPeer>> AcceptWebSocket(http::ServerConnection&,
                                                               const http::Request&,
                                                               const http::Response&,
                                                               const http::WebSocketOptions&,
                                                               std::string_view) override;

 private:
  MemoryTransport& transport_;
  const std::stop_token draining_;
  fiber::Executor& executor_;
};

}  // namespace kratos::testing::internal
