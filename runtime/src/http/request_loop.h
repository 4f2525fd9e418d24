// From the head of a request to the end of its reply, the same for every engine that reads sockets.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string_view>

#include "http/engine.h"
#include "http/server_connection.h"

namespace kratos::http {

/// What the engine does for the calls of one connection.
class CallHost {
 public:
  virtual ~CallHost() = default;
  /// Runs `call`, which serves `exchange`, as its plan wants it and returns when it has ended;
  /// false without running it when there is no room.
  virtual bool Run(const Exchange& exchange, const std::function<void()>& call) = 0;
  /// Fires when the peer hangs up while it is watched, from this to UnwatchPeer. Both are called
  /// around each call.
  virtual std::stop_token WatchPeer() = 0;
  virtual void UnwatchPeer() = 0;
  virtual std::stop_token draining() const = 0;
  virtual fiber::Executor& executor() = 0;
  /// True when the connection is to be closed after the reply at hand.
  virtual bool closing() const = 0;
  /// Takes over the connection as a WebSocket once the handshake has been answered.
  virtual Result<std::unique_ptr<WebSocketPeer>> AcceptWebSocket(ServerConnection& connection,
                                                                 const Request& request,
                                                                 const Response& response,
                                                                 const WebSocketOptions& options,
                                                                 std::string_view subprotocol) = 0;
};

/// What is to become of a connection.
enum class Afterwards {
  kKeep,
  kClose,
  kLinger,  ///< close, but so that a peer that may still be sending gets the answer
};

/// Serves the next request of `connection`. `count` is the number of requests it has had before.
Afterwards ServeRequest(ServerConnection& connection, const Limits& limits, std::size_t count,
                        EngineHandler& handler, CallHost& host);

/// Answers what never came to be a request: 503 where there is no room for the connection.
void RefuseConnection(ServerConnection& connection, std::string_view why, EngineHandler& handler);

}  // namespace kratos::http
