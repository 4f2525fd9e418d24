// One request in flight, as the engine that carries it shows it to the handler.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "fiber/executor.h"
#include "http/call_pace.h"
#include "kratos/context/context.h"
#include "kratos/errors/status.h"
#include "kratos/http/message.h"
#include "kratos/route/matcher.h"

namespace kratos::http {

/// How the handler wants a request carried, decided from its head.
struct CallPlan {
  enum class Run {
    kInline,  ///< on the engine's own thread: it never blocks
    kWorker,  ///< where it may block
    kFiber,   ///< in a fiber on the threads for calls
  };
  Run run = Run::kWorker;
  /// With kWorker: how quick such calls are; null where nothing is known of them.
  CallPace* pace = nullptr;
  /// The call may go on for long: it is told when the client leaves, wherever it runs.
  bool long_lived = false;
  /// The handler reads the body itself, piece by piece.
  bool stream_body = false;
  /// The request's path; points into its target.
  std::string_view path;
  /// The route; captures point there too.
  route::Match match{};
};

/// What one side of a WebSocket says (RFC 6455).
struct WebSocketMessage {
  bool text = true;
  std::string data{};
};

/// A WebSocket that has been accepted. Send and Receive may run at the same time; each of them is
/// used by one party at a time.
class WebSocketPeer {
 public:
  /// Gives the connection up when Close was not called.
  virtual ~WebSocketPeer() = default;
  /// Waits for a message: true. False when the peer said goodbye with 1000 or 1001. Errors: 400 for
  /// what breaks the protocol, 413 for a message that is too long, 499 when the peer is gone, and
  /// the call's Err().
  virtual Result<bool> Receive(const kratos::Context& ctx, WebSocketMessage* message) = 0;
  /// Waits while too much is on its way; as Receive. `ctx` null: for as long as it takes.
  virtual Status Send(const kratos::Context* ctx, bool text, std::string_view data) = 0;
  /// Sends what is on its way and a close frame, and waits a moment for the peer's. `reason` is cut
  /// to 123 bytes at the end of a UTF-8 sequence.
  virtual void Close(int code, std::string_view reason) = 0;
};

struct WebSocketOptions;

/// Its members are used by the handler alone from Serve's begin to its end.
class Exchange {
 public:
  /// Both must outlive it.
  Exchange(Request& in, Response& out) : request(in), response(out) {}
  virtual ~Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  Request& request;
  Response& response;
  CallPlan plan;
  /// When there was nothing left to wait for: the server's time-out counts from here.
  std::chrono::steady_clock::time_point began;

  /// When the client stops waiting, where the transport knows it without a header field.
  virtual std::optional<std::chrono::steady_clock::time_point> deadline() const {
    return std::nullopt;
  }
  /// Fires when the client hangs up while the call runs.
  virtual std::stop_token peer_gone() const = 0;
  /// Fires when the server begins to stop.
  virtual std::stop_token draining() const = 0;
  /// Where work beside the handler runs.
  virtual fiber::Executor& executor() = 0;

  // With CallPlan::stream_body:

  /// Appends the next piece of the body, at least a byte: true; false at its end. An error says
  /// what to answer: 400, 408, 413.
  virtual Result<bool> ReadBody(std::string* part) = 0;

  // For replies whose length is not known; one party at a time. Without StartReply the engine sends
  // `response` when Serve returns; with it, what ends the body.

  /// Sends `response`'s status and fields and the first bytes of the body.
  virtual Status StartReply(std::string_view first) = 0;
  /// Waits while the peer is slow. 499 when it is gone.
  virtual Status WriteReply(std::string_view bytes) = 0;
  /// Has the reply end so that the peer notices that something is missing.
  virtual void BreakReply() = 0;

  /// Answers the handshake, `response`'s fields included. `subprotocol` is what the server chose,
  /// or
  /// "". 501 when the engine has no WebSockets.
  virtual Result<std::unique_ptr<WebSocketPeer>> AcceptWebSocket(const WebSocketOptions& options,
                                                                 std::string_view subprotocol) = 0;
};

}  // namespace kratos::http
