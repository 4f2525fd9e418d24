// Calls through one middleware, without a transport.
#pragma once

#include <google/protobuf/wrappers.pb.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "kratos/middleware/middleware.h"

namespace kratos::middleware {

using google::protobuf::Message;
using google::protobuf::StringValue;

constexpr auto kServer = TransportInfo::Side::kServer;
constexpr auto kClient = TransportInfo::Side::kClient;
constexpr auto kNone = TransportInfo::Side::kNone;

inline TransportInfo CallOf(TransportInfo::Side side,
                            std::string operation = "/demo.Greeter/Hello") {
  return {.side = side, .kind = "http", .endpoint = "", .operation = std::move(operation)};
}

/// Runs `middleware` around `target` for a call on `ctx`.
inline Status Run(const Middleware& middleware, Context& ctx,
                  const std::function<Status(Context&)>& target,
                  const Message& request = StringValue::default_instance()) {
  StringValue reply;
  return middleware([&target](Context& c, const Message&, Message*) { return target(c); })(
      ctx, request, &reply);
}

/// A clock that only moves when told to. Starts well after zero, so that windows reach back.
class FakeClock {
 public:
  using Time = std::chrono::steady_clock::time_point;
  std::function<Time()> function() const {
    return [now = now_] { return *now; };
  }
  void Advance(std::chrono::steady_clock::duration by) { *now_ += by; }
  Time now() const { return *now_; }

 private:
  std::shared_ptr<Time> now_ = std::make_shared<Time>(std::chrono::hours(1000));
};

}  // namespace kratos::middleware
