// The interface between the server and what moves bytes for it.
#pragma once

#include <openssl/ssl.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>

#include "http/exchange.h"
#include "http/listener.h"
#include "kratos/errors/status.h"
#include "kratos/http/message.h"
#include "kratos/http/server.h"

namespace kratos::http {

/// What the engine calls back.
class EngineHandler {
 public:
  virtual ~EngineHandler() = default;
  /// Says from the head how a request is to be carried; `plan` is as new. Quick; never throws.
  virtual void Plan(const Request& request, CallPlan* plan) const = 0;
  /// Answers one request; called concurrently. Never throws.
  virtual void Serve(Exchange& exchange) = 0;
  /// Words the refusal of a request that could not be read: `status` is 400, 408, 413, 414, 431,
  /// 503, ... Never throws.
  virtual void Reject(const Request& request, int status, const std::string& message,
                      Response* response) = 0;
};

/// How long after its beginning a connection without a request is kept by a server that stops
/// within `grace`: its client has just been told that it has one.
constexpr std::chrono::milliseconds FirstRequestGrace(std::chrono::milliseconds grace) {
  constexpr std::chrono::milliseconds kMost{500};
  return grace.count() <= 0 ? kMost : std::min(kMost, grace / 2);
}

/// One way of listening, reading requests and writing replies. An engine sends Response::headers as
/// they are, adds what frames the body, sends no body for HEAD, 204 and 304, and closes the
/// connection when Response::close asks for it.
class Engine {
 public:
  virtual ~Engine() = default;
  /// Serves connections to `listener` until Stop; every connection is closed when it returns.
  virtual Status Serve(Listener listener) = 0;
  /// From now on every reply closes its connection, so that clients look for one elsewhere.
  /// Thread-safe.
  virtual void CloseAfterReplies() = 0;
  /// Stops accepting, closes idle connections, waits up to `grace` (zero: no limit) for running
  /// calls, then cuts the rest off. False when any was. A request that has come by then is
  /// answered, and a connection younger than FirstRequestGrace may still send its first
  /// one. Thread-safe.
  virtual bool Stop(std::chrono::milliseconds grace) = 0;
  /// New connections use these certificates from now on; the ones there are stay. Thread-safe.
  virtual void ReplaceTls(std::shared_ptr<SSL_CTX> tls) = 0;
};

/// The engine on cpp-httplib: a thread a connection. `tls` null: plain. `handler` and `options`
/// must outlive it.
std::unique_ptr<Engine> MakeHttplibEngine(const ServerOptions& options,
                                          std::shared_ptr<SSL_CTX> tls, EngineHandler& handler);
/// The engine on Boost.Asio: idle connections cost memory only. Null in a build without Boost.
std::unique_ptr<Engine> MakeAsioEngine(const ServerOptions& options, std::shared_ptr<SSL_CTX> tls,
                                       EngineHandler& handler);

}  // namespace kratos::http
