// The context of an HTTP call: kratos::Context plus the request, the binders and the answers.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "kratos/context/context.h"
#include "kratos/form/form.h"
#include "kratos/http/message.h"
#include "kratos/http/stream_options.h"
#include "kratos/stream/stream.h"

namespace google::api {
class HttpBody;
}  // namespace google::api

namespace google::protobuf {
class Arena;
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace kratos::codec {
class Codec;
}  // namespace kratos::codec

namespace kratos::json {
struct EncodeOptions;
}  // namespace kratos::json

namespace kratos::http {

namespace internal {
struct CallState;
}  // namespace internal

class ReplyStream;
class WebSocketCall;

/// The body of a reply that a handler writes piece by piece; see Context::BlobStream. A small
/// handle, valid until the handler returns. Thread-safe.
class BodyWriter {
 public:
  explicit BodyWriter(ReplyStream& stream) : stream_(&stream) {}
  /// Sends some bytes; waits while the peer is slow. An error means that nothing more can be sent.
  Status Write(std::string_view bytes);

 private:
  ReplyStream* stream_;
};

/// One HTTP request and its answer. Handlers get it by reference, use it on their own thread and
/// must not keep it. A handler answers by calling one of Result, JSON, XML, String, Blob, Redirect
/// (the first one counts) or by returning an error.
class Context final : public kratos::Context {
 public:
  explicit Context(internal::CallState& state);
  ~Context() override;

  /// The context behind a service method's kratos::Context, or null when the call came over another
  /// transport.
  static Context* From(kratos::Context& ctx);

  // The request.

  const http::Request& request() const;
  /// Decoded value of a path variable by its field path ("book.name"), or "".
  std::string_view Var(std::string_view field_path) const;
  /// All path variables, decoded, in template order.
  const std::vector<form::Pair>& Vars() const;
  /// Query parameters, decoded, in order. 400 CODEC for a malformed escape; parsed once.
  kratos::Result<std::vector<form::Pair>> Query() const;
  /// First value of a request header field, or "".
  std::string_view Header(std::string_view name) const;
  /// The value of a request cookie, or "".
  std::string_view RequestCookie(std::string_view name) const;

  /// The next piece of the body, appended to `part`: true; false at the end. Only on routes made
  /// with Router::Stream; others have all of it in request().body. Waits without holding a thread.
  /// An error (400, 408, 413, 499) is what the handler should return.
  kratos::Result<bool> ReadBody(std::string* part);
  /// The id of the last event a client that connects again has seen, or "".
  std::string_view LastEventId() const { return Header("Last-Event-ID"); }

  // Binding. All errors are 400 CODEC (415 for a type without codec) and name the field.

  /// Decodes the body into `message` by its Content-Type; a google.api.HttpBody takes the bytes as
  /// they are. An empty body changes nothing.
  Status Bind(google::protobuf::Message* message);
  /// Decodes the body into one field of `message`: the rule `body: "field"`.
  Status BindField(google::protobuf::Message* message, int field_number);
  /// Sets fields from the query, except those that the path or the body of the matched binding
  /// supply.
  Status BindQuery(google::protobuf::Message* message);
  /// Sets fields from the path variables; they win over body and query.
  Status BindVars(google::protobuf::Message* message);
  /// Sets fields from the query and then from a form body.
  Status BindForm(google::protobuf::Message* message);

  /// A message that lives until the reply is sent; owned by the call's arena.
  template <class T>
  T* NewMessage() {
    return static_cast<T*>(NewFrom(T::default_instance()));
  }

  /// Runs the operation's middleware around `method` of `service`. With `bound` not OK the
  /// middleware runs (and sees it as bind_status()) but the method does not. What the method throws
  /// becomes a 500 whose text goes to the log only.
  template <class Service, class Request, class Reply>
  Status Call(Status bound, const Request& request, Reply* reply, Service& service,
              Status (Service::*method)(kratos::Context&, const Request&, Reply*)) {
    BoundMethod target{&service, method};
    return Invoke(
        std::move(bound), request, reply,
        [](void* object, kratos::Context& ctx, const google::protobuf::Message& in,
           google::protobuf::Message* out, Streams) -> Status {
          auto* call = static_cast<decltype(target)*>(object);
          return (call->service->*call->method)(ctx, static_cast<const Request&>(in),
                                                static_cast<Reply*>(out));
        },
        &target);
  }

  /// As Call, around any callable `Status(kratos::Context&, const Request&, Reply*)`: for
  /// hand-written routes.
  template <class Request, class Reply, class Function>
  Status Middleware(const Request& request, Reply* reply, Function&& function) {
    auto* target = &function;
    using Callable = std::remove_reference_t<Function>;
    return Invoke(
        Status(), request, reply,
        [](void* object, kratos::Context& ctx, const google::protobuf::Message& in,
           google::protobuf::Message* out, Streams) -> Status {
          return (*static_cast<Callable*>(object))(ctx, static_cast<const Request&>(in),
                                                   static_cast<Reply*>(out));
        },
        const_cast<void*>(static_cast<const void*>(target)));
  }

  /// Runs a server-streaming method as Call does a unary one. Its messages go out in the framing
  /// the Accept field asks for: server-sent events (the default), NDJSON or a JSON array. What
  /// fails before the first message is an ordinary error reply; later failures are told in the
  /// framing.
  template <class Service, class Request, class Reply>
  Status CallStream(Status bound, const Request& request, Service& service,
                    Status (Service::*method)(kratos::Context&, const Request&,
                                              ServerStream<Reply>&)) {
    return InvokeServerStream(std::move(bound), request, service, method, StreamShape::kMessages,
                              0);
  }
  /// The same where the reply, or its field `body_field`, is a google.api.HttpBody: the chunks go
  /// out as they are, under the first one's content type; as server-sent events only when the
  /// Accept field asks for text/event-stream by name.
  template <class Service, class Request, class Reply>
  Status CallBlobStream(Status bound, const Request& request, Service& service,
                        Status (Service::*method)(kratos::Context&, const Request&,
                                                  ServerStream<Reply>&),
                        int body_field = 0) {
    return InvokeServerStream(std::move(bound), request, service, method, StreamShape::kBlob,
                              body_field);
  }

  /// Runs a client-streaming method: over a WebSocket, on which the reply goes out too, or, for
  /// StreamKind::kUpload, over the request's own body in chunks; then `*reply` is to be answered as
  /// a unary one is (on a WebSocket that answer changes nothing any more). `body_field` is the
  /// field the rule's `body` names, 0 for the whole message.
  template <class Service, class Request, class Reply>
  Status CallReader(Service& service,
                    Status (Service::*method)(kratos::Context&, ServerReader<Request>&, Reply*),
                    Reply* reply, int body_field = 0) {
    BoundMethod target{&service, method};
    return InvokeClientStream(
        Request::default_instance(), *reply, reply, body_field,
        [](void* object, kratos::Context& ctx, const google::protobuf::Message&,
           google::protobuf::Message* out, Streams streams) -> Status {
          auto* call = static_cast<decltype(target)*>(object);
          ServerReader<Request> in(*streams.in);
          return (call->service->*call->method)(ctx, in, static_cast<Reply*>(out));
        },
        &target);
  }

  /// Runs a bidirectional method over a WebSocket.
  template <class Service, class Request, class Reply>
  Status CallBidi(Service& service,
                  Status (Service::*method)(kratos::Context&, ServerReader<Request>&,
                                            ServerStream<Reply>&),
                  int body_field = 0) {
    BoundMethod target{&service, method};
    return InvokeClientStream(
        Request::default_instance(), Reply::default_instance(), nullptr, body_field,
        [](void* object, kratos::Context& ctx, const google::protobuf::Message&,
           google::protobuf::Message*, Streams streams) -> Status {
          auto* call = static_cast<decltype(target)*>(object);
          ServerReader<Request> in(*streams.in);
          ServerStream<Reply> out(*streams.out);
          return (call->service->*call->method)(ctx, in, out);
        },
        &target);
  }

  // The answer.

  http::Response& response();
  /// Overrides the status of a later Result, Blob, ... with code 200; for service methods that
  /// answer 201 and the like.
  void SetStatus(int code);
  /// Sets a reply header field. 500 when the name is no token or the value holds CR, LF or other
  /// control characters.
  Status SetHeader(std::string_view name, std::string_view value);
  Status AddHeader(std::string_view name, std::string_view value);
  /// Adds a Set-Cookie field; 500 when it holds characters a cookie cannot carry.
  Status SetCookie(const Cookie& cookie);

  /// Encodes `reply` with the codec the Accept field chooses (JSON otherwise). A
  /// google.api.HttpBody goes out as its bytes. 204 and 304 carry no body.
  Status Result(int code, const google::protobuf::Message& reply);
  /// Encodes one field of `reply`: the rule `response_body: "field"`.
  Status Result(int code, const google::protobuf::Message& reply, int field_number);
  /// Result(200, reply) when `status` is OK, else `status`.
  Status Returns(const google::protobuf::Message& reply, Status status);
  Status JSON(int code, const google::protobuf::Message& reply);
  Status XML(int code, const google::protobuf::Message& reply);
  /// text/plain; charset=utf-8.
  Status String(int code, std::string text);
  /// `bytes` as they are, moved into the reply. An empty type becomes application/octet-stream; one
  /// with CR, LF or control characters is refused with a 500.
  Status Blob(int code, std::string_view content_type, std::string bytes);
  /// Begins a reply of unknown length and returns what writes its body. The head goes out with the
  /// first bytes. A handler that then returns an error breaks the reply off, so that the peer
  /// notices.
  kratos::Result<BodyWriter> BlobStream(int code, std::string_view content_type);
  /// The same from a source: called for one piece after the other, appended to its argument, until
  /// it says false.
  Status Stream(int code, std::string_view content_type,
                const std::function<kratos::Result<bool>(std::string* part)>& source);
  /// Fields of the event that the next Send of a server stream becomes; without effect in other
  /// framings.
  void SetNextEvent(EventOptions event);
  /// Sends the client to `location` (3xx); relative ones are sent as they are.
  Status Redirect(int code, std::string_view location);

  google::protobuf::Arena* arena();

  /// For the runtime's own use.
  internal::CallState& state() const { return state_; }

 private:
  friend struct internal::CallState;
  friend class WebSocketCall;
  template <class Service, class Method>
  struct BoundMethod {
    Service* service;
    Method method;
  };
  template <class Service, class Method>
  BoundMethod(Service*, Method) -> BoundMethod<Service, Method>;
  /// The streams of a call; null where it has none.
  struct Streams {
    kratos::internal::MessageReader* in = nullptr;
    kratos::internal::MessageWriter* out = nullptr;
  };
  enum class StreamShape { kMessages, kBlob };
  using Target = Status (*)(void* object, kratos::Context& ctx,
                            const google::protobuf::Message& request,
                            google::protobuf::Message* reply, Streams streams);
  template <class Service, class Request, class Reply>
  Status InvokeServerStream(Status bound, const Request& request, Service& service,
                            Status (Service::*method)(kratos::Context&, const Request&,
                                                      ServerStream<Reply>&),
                            StreamShape shape, int body_field) {
    BoundMethod target{&service, method};
    return InvokeServerStream(
        std::move(bound), request, Reply::default_instance(), shape, body_field,
        [](void* object, kratos::Context& ctx, const google::protobuf::Message& in,
           google::protobuf::Message*, Streams streams) -> Status {
          auto* call = static_cast<decltype(target)*>(object);
          ServerStream<Reply> out(*streams.out);
          return (call->service->*call->method)(ctx, static_cast<const Request&>(in), out);
        },
        &target);
  }

  Status Invoke(Status bound, const google::protobuf::Message& request,
                google::protobuf::Message* reply, Target target, void* object);
  Status InvokeServerStream(Status bound, const google::protobuf::Message& request,
                            const google::protobuf::Message& reply_type, StreamShape shape,
                            int body_field, Target target, void* object);
  /// `reply` is null where the replies stream.
  Status InvokeClientStream(const google::protobuf::Message& request_type,
                            const google::protobuf::Message& reply_type,
                            google::protobuf::Message* reply, int body_field, Target target,
                            void* object);
  google::protobuf::Message* NewFrom(const google::protobuf::Message& prototype);
  Status Encoded(int code, const codec::Codec& codec, std::string_view content_type,
                 const json::EncodeOptions& options, const google::protobuf::Message& reply,
                 const google::protobuf::FieldDescriptor* field);

  internal::CallState& state_;
};

/// The content type a google.api.HttpBody goes out with: its own, or application/octet-stream when
/// empty.
std::string BodyContentType(const google::api::HttpBody& body);

/// An error that the server answers as a redirect, from any service method.
Error Redirect(int code, std::string location);

}  // namespace kratos::http
