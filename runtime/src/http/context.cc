#include "kratos/http/context.h"

#include <google/protobuf/message.h>

#include "google/api/httpbody.pb.h"
#include "http/call_state.h"
#include "http/negotiation.h"
#include "kratos/errors/errors.h"
#include "kratos/log/log.h"

namespace kratos::http {

Context::Context(internal::CallState& state)
    : kratos::Context(&state.request.headers, &state.response.headers, &state.transport),
      state_(state) {}

Context::~Context() = default;

Context* Context::From(kratos::Context& ctx) {
  for (kratos::Context* c = &ctx; c != nullptr; c = c->parent()) {
    if (typeid(*c) == typeid(Context)) return static_cast<Context*>(c);
  }
  return nullptr;
}

const http::Request& Context::request() const { return state_.request; }

http::Response& Context::response() { return state_.response; }

google::protobuf::Arena* Context::arena() { return &state_.arena; }

google::protobuf::Message* Context::NewFrom(const google::protobuf::Message& prototype) {
  return prototype.New(&state_.arena);
}

std::string_view Context::Var(std::string_view field_path) const {
  for (const auto& [name, value] : state_.vars) {
    if (name == field_path) return value;
  }
  return {};
}

const std::vector<form::Pair>& Context::Vars() const { return state_.vars; }

std::string_view Context::Header(std::string_view name) const {
  return state_.request.headers.Get(name);
}

std::string_view Context::RequestCookie(std::string_view name) const {
  for (std::string_view field : state_.request.headers.Values("Cookie")) {
    while (!field.empty()) {
      const auto semicolon = field.find(';');
      std::string_view pair = field.substr(0, semicolon);
      while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
      if (const auto equals = pair.find('=');
          equals != std::string_view::npos && pair.substr(0, equals) == name) {
        return pair.substr(equals + 1);
      }
      field =
          semicolon == std::string_view::npos ? std::string_view() : field.substr(semicolon + 1);
    }
  }
  return {};
}

Status Context::Invoke(Status bound, const google::protobuf::Message& request,
                       google::protobuf::Message* reply, Target target, void* object) {
  set_bind_status(std::move(bound));
  state_.target = {target, object, {}};
  return state_.route->chain(*this, request, reply);
}

void Context::SetStatus(int code) { state_.status_override = code; }

namespace {
Status CheckHeader(std::string_view name, std::string_view value) {
  if (IsToken(name) && IsFieldValue(value)) return {};
  return InternalServer("BAD_HEADER",
                        "a reply header field holds characters that HTTP does not allow");
}
}  // namespace

Status Context::AddHeader(std::string_view name, std::string_view value) {
  if (Status status = CheckHeader(name, value); !status.ok()) return status;
  state_.response.headers.Add(name, value);
  return {};
}

Status Context::SetHeader(std::string_view name, std::string_view value) {
  if (Status status = CheckHeader(name, value); !status.ok()) return status;
  state_.response.headers.Set(name, value);
  return {};
}

Status Context::SetCookie(const Cookie& cookie) {
  const std::string field = FormatCookie(cookie);
  if (field.empty()) {
    return InternalServer("BAD_HEADER", "a cookie holds characters that RFC 6265 does not allow");
  }
  return AddHeader("Set-Cookie", field);
}

Status Context::Blob(int code, std::string_view content_type, std::string bytes) {
  http::Response& response = state_.response;
  if (response.committed) return {};
  if (content_type.empty()) content_type = "application/octet-stream";
  if (!IsFieldValue(content_type)) {
    return InternalServer("BAD_CONTENT_TYPE",
                          "the reply's content type holds characters that HTTP does not allow");
  }
  response.status = code == 200 && state_.status_override != 0 ? state_.status_override : code;
  response.committed = true;
  if (response.status == 204 || response.status == 304) return {};
  response.headers.Set("Content-Type", content_type);
  response.body = std::move(bytes);
  return {};
}

namespace {
Status RunResponseEncoder(Context& ctx, int code, const google::protobuf::Message& reply,
                          const google::protobuf::FieldDescriptor* field) {
  const int status_override = ctx.state().status_override;
  ctx.response().status = code == 200 && status_override != 0 ? status_override : code;
  Status status = ctx.state().dispatcher.options().response_encoder(ctx, reply, field);
  if (status.ok()) ctx.response().committed = true;
  return status;
}
}  // namespace

// Into the reply's own string, which has memory from a reply before.
Status Context::Encoded(int code, const codec::Codec& codec, std::string_view content_type,
                        const codec::EncodeOptions& options, const google::protobuf::Message& reply,
                        const google::protobuf::FieldDescriptor* field) {
  std::string bytes = std::move(state_.response.body);
  bytes.clear();
  Status status = codec.Encode(reply, field, options, &bytes);
  if (status.ok()) return Blob(code, content_type, std::move(bytes));
  state_.response.body = std::move(bytes);
  return status;
}

Status Context::Result(int code, const google::protobuf::Message& reply) {
  if (state_.response.committed) return {};
  if (state_.dispatcher.options().response_encoder)
    return RunResponseEncoder(*this, code, reply, nullptr);
  if (typeid(reply) == typeid(google::api::HttpBody)) {
    const auto& body = static_cast<const google::api::HttpBody&>(reply);
    return Blob(code, BodyContentType(body), std::string(body.data()));
  }
  const Negotiated codec = NegotiateReply(*this);
  return Encoded(code, *codec.codec, codec.content_type, codec.options, reply, nullptr);
}

Status Context::Result(int code, const google::protobuf::Message& reply, int field_number) {
  if (state_.response.committed) return {};
  const auto* field = reply.GetDescriptor()->FindFieldByNumber(field_number);
  if (field == nullptr) {
    return InternalServer("BAD_FIELD",
                          "the reply has no field with the number its response_body names");
  }
  if (state_.dispatcher.options().response_encoder)
    return RunResponseEncoder(*this, code, reply, field);
  const Negotiated codec = NegotiateReply(*this);
  return Encoded(code, *codec.codec, codec.content_type, codec.options, reply, field);
}

Status Context::Returns(const google::protobuf::Message& reply, Status status) {
  return status.ok() ? Result(200, reply) : status;
}

Status Context::JSON(int code, const google::protobuf::Message& reply) {
  if (state_.response.committed) return {};
  const Negotiated codec = NegotiateReply(*this);
  return Encoded(code, *codec.json, "application/json", codec.options, reply, nullptr);
}

Status Context::XML(int code, const google::protobuf::Message& reply) {
  const codec::Codec* xml = state_.dispatcher.codecs().Find("xml");
  if (xml == nullptr) return InternalServer("NO_CODEC", "no xml codec is registered");
  if (state_.response.committed) return {};
  return Encoded(code, *xml, "application/xml", NegotiateReply(*this).options, reply, nullptr);
}

Status Context::String(int code, std::string text) {
  return Blob(code, "text/plain; charset=utf-8", std::move(text));
}

Status Context::Redirect(int code, std::string_view location) {
  if (code < 300 || code > 399)
    return InternalServer("BAD_REDIRECT", "a redirect needs a 3xx code");
  if (location.empty() || !IsFieldValue(location)) {
    return InternalServer("BAD_REDIRECT",
                          "a redirect's target holds characters that HTTP does not allow");
  }
  http::Response& response = state_.response;
  if (response.committed) return {};
  response.status = code;
  response.headers.Set("Location", location);
  response.body.clear();
  response.committed = true;
  return {};
}

}  // namespace kratos::http
