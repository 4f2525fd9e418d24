// All that a generated *.kratos_grpc.pb.cc includes of the runtime.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "kratos/codegen/grpc_header.h"
#include "kratos/codegen/opened_call.h"
#include "kratos/context/context.h"
#include "kratos/grpc/client.h"
#include "kratos/grpc/forward.h"
#include "kratos/grpc/method.h"
#include "kratos/grpc/server.h"

namespace kratos::codegen {

// BindGrpc adds a method of `service` to `server`, by the kind of the rpc.

template <class Service, class Request, class Reply>
void BindGrpc(grpc::Server& server, std::string_view operation,
              const std::shared_ptr<Service>& service,
              Status (Service::*method)(Context&, const Request&, Reply*)) {
  grpc::ServiceMethod rpc;
  rpc.operation = operation;
  rpc.request = &Request::default_instance();
  rpc.reply = &Reply::default_instance();
  rpc.run = [service, method](Context& ctx, const google::protobuf::Message& request,
                              google::protobuf::Message* reply, grpc::Streams) {
    return (service.get()->*method)(ctx, static_cast<const Request&>(request),
                                    static_cast<Reply*>(reply));
  };
  server.Bind(std::move(rpc));
}

template <class Service, class Request, class Reply>
void BindGrpc(grpc::Server& server, std::string_view operation,
              const std::shared_ptr<Service>& service,
              Status (Service::*method)(Context&, const Request&, ServerStream<Reply>&)) {
  grpc::ServiceMethod rpc;
  rpc.operation = operation;
  rpc.reply_stream = true;
  rpc.request = &Request::default_instance();
  rpc.reply = &Reply::default_instance();
  rpc.run = [service, method](Context& ctx, const google::protobuf::Message& request,
                              google::protobuf::Message*, grpc::Streams streams) {
    ServerStream<Reply> out(*streams.out);
    return (service.get()->*method)(ctx, static_cast<const Request&>(request), out);
  };
  server.Bind(std::move(rpc));
}

template <class Service, class Request, class Reply>
void BindGrpc(grpc::Server& server, std::string_view operation,
              const std::shared_ptr<Service>& service,
              Status (Service::*method)(Context&, ServerReader<Request>&, Reply*)) {
  grpc::ServiceMethod rpc;
  rpc.operation = operation;
  rpc.request_stream = true;
  rpc.request = &Request::default_instance();
  rpc.reply = &Reply::default_instance();
  rpc.run = [service, method](Context& ctx, const google::protobuf::Message&,
                              google::protobuf::Message* reply, grpc::Streams streams) {
    ServerReader<Request> in(*streams.in);
    return (service.get()->*method)(ctx, in, static_cast<Reply*>(reply));
  };
  server.Bind(std::move(rpc));
}

template <class Service, class Request, class Reply>
void BindGrpc(grpc::Server& server, std::string_view operation,
              const std::shared_ptr<Service>& service,
              Status (Service::*method)(Context&, ServerReader<Request>&, ServerStream<Reply>&)) {
  grpc::ServiceMethod rpc;
  rpc.operation = operation;
  rpc.request_stream = true;
  rpc.reply_stream = true;
  rpc.request = &Request::default_instance();
  rpc.reply = &Reply::default_instance();
  rpc.run = [service, method](Context& ctx, const google::protobuf::Message&,
                              google::protobuf::Message*, grpc::Streams streams) {
    ServerReader<Request> in(*streams.in);
    ServerStream<Reply> out(*streams.out);
    return (service.get()->*method)(ctx, in, out);
  };
  server.Bind(std::move(rpc));
}

/// Opens a streaming call. `request` is null where the client streams.
inline OpenedCall Open(grpc::Client& client, Context& ctx, const grpc::ClientMethod& method,
                       const google::protobuf::Message* request, const grpc::CallOptions& options) {
  return OpenedCall(client.Open(ctx, method, request, options));
}

namespace internal {

/// The typed streams of a handler without their types.
template <class Reply>
class UntypedStream final : public kratos::internal::MessageWriter {
 public:
  explicit UntypedStream(ServerStream<Reply>& out) : out_(out) {}
  Status Send(const google::protobuf::Message& message) override {
    return out_.Send(static_cast<const Reply&>(message));
  }

 private:
  ServerStream<Reply>& out_;
};

template <class Request>
class UntypedReader final : public kratos::internal::MessageReader {
 public:
  explicit UntypedReader(ServerReader<Request>& in) : in_(in) {}
  Result<bool> Recv(google::protobuf::Message* message) override {
    return in_.Recv(static_cast<Request*>(message));
  }

 private:
  ServerReader<Request>& in_;
};

template <class Request, class Reply>
grpc::ForwardedCall MakeForwardedCall(std::string_view operation) {
  grpc::ForwardedCall call;
  call.method.operation = operation;
  call.request_type = &Request::default_instance();
  call.reply_type = &Reply::default_instance();
  return call;
}

}  // namespace internal

// Forward passes a call on to `client`, by the kind of the rpc.

template <class Request, class Reply>
Status Forward(grpc::Client& client, std::string_view operation, Context& ctx,
               const Request& request, Reply* reply) {
  auto call = internal::MakeForwardedCall<Request, Reply>(operation);
  call.request = &request;
  call.reply = reply;
  return grpc::Forward(client, ctx, call);
}

template <class Request, class Reply>
Status Forward(grpc::Client& client, std::string_view operation, Context& ctx,
               const Request& request, ServerStream<Reply>& out) {
  auto call = internal::MakeForwardedCall<Request, Reply>(operation);
  internal::UntypedStream<Reply> untyped_out(out);
  call.method.reply_stream = true;
  call.request = &request;
  call.streams.out = &untyped_out;
  return grpc::Forward(client, ctx, call);
}

template <class Request, class Reply>
Status Forward(grpc::Client& client, std::string_view operation, Context& ctx,
               ServerReader<Request>& in, Reply* reply) {
  auto call = internal::MakeForwardedCall<Request, Reply>(operation);
  internal::UntypedReader<Request> untyped_in(in);
  call.method.request_stream = true;
  call.reply = reply;
  call.streams.in = &untyped_in;
  return grpc::Forward(client, ctx, call);
}

template <class Request, class Reply>
Status Forward(grpc::Client& client, std::string_view operation, Context& ctx,
               ServerReader<Request>& in, ServerStream<Reply>& out) {
  auto call = internal::MakeForwardedCall<Request, Reply>(operation);
  internal::UntypedReader<Request> untyped_in(in);
  internal::UntypedStream<Reply> untyped_out(out);
  call.method.request_stream = true;
  call.method.reply_stream = true;
  call.streams = {&untyped_in, &untyped_out};
  return grpc::Forward(client, ctx, call);
}

}  // namespace kratos::codegen
