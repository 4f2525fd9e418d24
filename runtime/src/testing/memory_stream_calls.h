// The caller's end of streaming rpcs in memory, on the wire forms that sockets carry.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "http/client_binding.h"
#include "kratos/codec/codec.h"
#include "kratos/context/context.h"
#include "kratos/http/message.h"
#include "kratos/stream/stream.h"
#include "testing/memory_server.h"

namespace kratos::testing::internal {

/// What a call is made from.
struct StreamSetup {
  InMemoryServer::Impl& server;
  Context& ctx;
  std::shared_ptr<const http::BindingPlan> plan;
  std::shared_ptr<const codec::Registry> codecs;
  const codec::Codec* codec;
  codec::EncodeOptions encode;
  const google::protobuf::Descriptor* request_type;
  /// With the method set.
  http::Request request;
  /// The header fields for a call whose first message is known, or null.
  std::function<Result<Metadata>(const google::protobuf::Message* first)> fields;
};

using Opened = Result<std::unique_ptr<kratos::internal::ClientCall>>;

/// Server-sent events, or raw bytes where the reply is a google.api.HttpBody.
Opened OpenServerStream(StreamSetup setup, const google::protobuf::Message& request);
/// The body of a request.
Opened OpenUpload(StreamSetup setup);
/// A WebSocket; both ways or only up.
Opened OpenMessages(StreamSetup setup);

}  // namespace kratos::testing::internal
