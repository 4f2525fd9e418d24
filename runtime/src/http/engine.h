// The interface between the server and what moves bytes for it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "kratos/errors/status.h"
#include "kratos/http/message.h"
#include "kratos/http/server.h"

namespace kratos::http {

/// What the engine calls back.
class EngineHandler {
 public:
  virtual ~EngineHandler() = default;
  /// Answers one request; called concurrently. `peer_gone` fires when the client hangs up
  /// meanwhile. Never throws.
  virtual void Serve(Request& request, Response* response, std::stop_token peer_gone) = 0;
  /// Words the refusal of a request that could not be read: `status` is 400, 408, 413, 414, 431,
  /// 503, ... Never throws.
  virtual void Reject(const Request& request, int status, const std::string& message,
                      Response* response) = 0;
};

/// One way of listening, reading requests and writing replies. An engine sends Response::headers as
/// they are, adds Content-Length, sends no body for HEAD, 204 and 304, and closes the connection
/// when Response::close asks for it.
class Engine {
 public:
  virtual ~Engine() = default;
  /// Opens the listening socket.
  virtual Status Listen(const std::string& host, int port) = 0;
  /// The bound port.
  virtual int port() const = 0;
  /// Serves until Stop; every connection is closed when it returns.
  virtual Status Serve() = 0;
  /// Stops accepting, closes idle connections, waits up to `grace` (zero: no limit) for running
  /// calls, then cuts the rest off. False when any was. Thread-safe.
  virtual bool Stop(std::chrono::milliseconds grace) = 0;
};

/// The engine on cpp-httplib: a thread a connection. `handler` and `options` must outlive it.
Result<std::unique_ptr<Engine>> MakeHttplibEngine(const ServerOptions& options,
                                                  EngineHandler& handler);

}  // namespace kratos::http
