// Middleware: one plain callable type for server and client, HTTP and gRPC.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kratos/context/context.h"
#include "kratos/errors/status.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace kratos {

/// Carries one unary call: fills `*reply` or returns why not.
using Handler = std::function<Status(Context& ctx, const google::protobuf::Message& request,
                                     google::protobuf::Message* reply)>;

/// Wraps a handler. Called once per operation when the server or client is set up, never per
/// request; the handler it returns is called concurrently. A middleware that does not call `next`
/// answers the call itself: with an error, or with a filled reply and OK.
using Middleware = std::function<Handler(Handler next)>;

/// The handler that runs `chain[0]` outermost and `last` innermost.
Handler Chain(const std::vector<Middleware>& chain, Handler last);

/// Which middleware runs for which operation. As in Kratos: the defaults, then exactly one rule:
/// the exact operation, else the longest matching prefix. With `accumulate`, every matching rule
/// runs, shortest prefix first, the exact one last.
class MiddlewareTable {
 public:
  /// Adds to the middleware that runs first on every operation.
  void Use(std::vector<Middleware> chain);
  /// Sets the rule for `selector`: an operation, or a prefix of operations when it ends in '*'. A
  /// second call replaces the first.
  void Use(std::string selector, std::vector<Middleware> chain);
  void set_accumulate(bool accumulate) { accumulate_ = accumulate; }

  /// The middleware for `operation`, outermost first.
  std::vector<Middleware> Match(std::string_view operation) const;

 private:
  std::vector<Middleware> defaults_;
  std::vector<std::pair<std::string, std::vector<Middleware>>> exact_;
  std::vector<std::pair<std::string, std::vector<Middleware>>> prefixes_;
  bool accumulate_ = false;
};

}  // namespace kratos
