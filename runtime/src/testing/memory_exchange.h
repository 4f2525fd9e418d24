// One call in memory, with the server's end and the client's.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "fiber/executor.h"
#include "http/exchange.h"
#include "kratos/context/context.h"
#include "kratos/fiber/fiber.h"
#include "kratos/http/stream_options.h"

namespace kratos::testing::internal {

/// What an Exchange refers to, made before it.
struct MemoryMessages {
  http::Request owned_request;
  http::Response owned_response{};
};

/// The Exchange is the handler's; the methods below it are the client's, thread-safe, and wait as
/// long as their context lets them.
class MemoryExchange final : private MemoryMessages, public http::Exchange {
 public:
  /// `window` bounds what is on its way in each direction; 0: no limit.
  MemoryExchange(http::Request r, std::stop_token draining, fiber::Executor& executor,
                 std::size_t window);
  ~MemoryExchange() override;

  // Exchange
  std::optional<Context::Clock::time_point> deadline() const override { return deadline_; }
  std::stop_token peer_gone() const override { return gone_.get_token(); }
  std::stop_token draining() const override { return draining_; }
  fiber::Executor& executor() override { return executor_; }
  Result<bool> ReadBody(std::string* part) override;
  Status StartReply(std::string_view first) override;
  Status WriteReply(std::string_view bytes) override;
  void BreakReply() override;
  Result<std::unique_ptr<http::WebSocketPeer>> AcceptWebSocket(
      const http::WebSocketOptions& options, std::string_view subprotocol) override;

  // The engine's
  /// Reads the body for a route that does not do so itself. False when it is longer than `most`
  /// (0: no limit).
  bool ReadWholeBody(std::size_t most);
  /// The handler has returned.
  void Finish();

  // The client's. Before the call begins:
  void set_deadline(std::optional<Context::Clock::time_point> when) { deadline_ = when; }
  /// The request's body, or its first piece; `whole` ends it.
  void SetBody(std::string bytes, bool whole);
  /// WebSockets are accepted; else they get 501.
  void AllowWebSocket() { websocket_allowed_ = true; }

  /// False when nobody will read it.
  Result<bool> WriteBody(const Context& ctx, std::string_view bytes);
  void EndBody(Metadata trailers);
  /// Waits for the reply's head. 499 after HangUp.
  Status WaitForHead(const Context& ctx);
  /// Valid from then on; its body and trailers are not in it.
  const http::Response& head() const { return head_; }
  bool upgraded() const { return upgraded_; }
  Result<bool> ReadReply(const Context& ctx, std::string* part);
  Result<std::string> ReadWholeReply(const Context& ctx);
  const Metadata& trailers() const { return response.trailers; }

  Status SendMessage(const Context& ctx, http::WebSocketMessage message);
  Result<bool> ReceiveMessage(const Context& ctx, http::WebSocketMessage* message);
  void CloseByClient(int code, std::string_view reason);
  int close_code() const;
  std::string close_reason() const;
  const std::string& subprotocol() const { return subprotocol_; }

  void HangUp();

 private:
  class Peer;

  // A bounded queue of pieces; the exchange's mutex guards it.
  template <class Piece>
  struct Pipe {
    std::deque<Piece> pieces{};
    std::size_t bytes = 0;
  };
  struct Close {
    int code = 0;
    std::string reason{};
  };

  bool HasRoom(std::size_t bytes) const { return window_ == 0 || bytes < window_ || bytes == 0; }
  void SealHead();

  const std::stop_token draining_;
  fiber::Executor& executor_;
  const std::size_t window_;
  std::optional<Context::Clock::time_point> deadline_;
  bool websocket_allowed_ = false;
  std::stop_source gone_;

  mutable std::mutex mutex_;
  fiber::ConditionVariable changed_;
  bool hung_up_ = false;
  bool finished_ = false;  // Nothing more comes from the handler.

  Pipe<std::string> body_;
  bool body_ended_ = false;
  Metadata body_trailers_;

  http::Response head_;
  bool head_sealed_ = false;
  bool streamed_ = false;
  bool no_body_ = false;  // The reply has none on the wire, whatever the handler writes.
  bool broken_ = false;
  Pipe<std::string> reply_;

  bool upgraded_ = false;
  std::string subprotocol_;
  http::WebSocketOptions websocket_;
  Pipe<http::WebSocketMessage> to_server_;
  Pipe<http::WebSocketMessage> to_client_;
  std::optional<Close> by_client_;
  std::optional<Close> by_server_;
};

}  // namespace kratos::testing::internal
