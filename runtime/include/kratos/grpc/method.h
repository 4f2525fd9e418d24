// An rpc as generated code describes it to the gRPC server and client.
#pragma once

#include <functional>
#include <string_view>

#include "kratos/errors/status.h"
#include "kratos/stream/stream.h"

namespace kratos {
class Context;
}  // namespace kratos

namespace kratos::grpc {

/// The streams of a call; null where it has none.
struct Streams {
  kratos::internal::MessageReader* in = nullptr;
  kratos::internal::MessageWriter* out = nullptr;
};

/// An rpc that a server answers. The operation's text and the messages must outlive the server;
/// generated constants and default instances do.
struct ServiceMethod {
  /// "/package.Service/Method".
  std::string_view operation{};
  bool request_stream = false;
  bool reply_stream = false;
  /// Default instances of the two types.
  const google::protobuf::Message* request = nullptr;
  const google::protobuf::Message* reply = nullptr;
  /// Runs the service's method; called concurrently. `request` (`reply`) is empty where it streams.
  std::function<Status(Context& ctx, const google::protobuf::Message& request,
                       google::protobuf::Message* reply, Streams streams)>
      run{};
};

/// An rpc that a client calls.
struct ClientMethod {
  /// "/package.Service/Method".
  std::string_view operation{};
  bool request_stream = false;
  bool reply_stream = false;
};

}  // namespace kratos::grpc
