#include "http/error_encoder.h"

#include <algorithm>

#include "errors/errors.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "http/call_state.h"
#include "http/negotiation.h"
#include "kratos/errors/errors.h"
#include "kratos/http/context.h"
#include "kratos/log/log.h"
#include "kratos/route/percent.h"

namespace kratos::http {

namespace {

constexpr char kReasonRedirect[] = "REDIRECT";
constexpr char kLocation[] = "location";

// Error texts can quote what a peer sent; what is not UTF-8 cannot stand in JSON or a protobuf
// string.
std::string ToUtf8(std::string_view text) {
  if (route::IsValidUtf8(text)) return std::string(text);
  std::string clean;
  for (char c : text) {
    if (static_cast<unsigned char>(c) < 0x80) {
      clean.push_back(c);
    } else {
      clean.append("\xEF\xBF\xBD");
    }
  }
  return clean;
}

errors::Status KratosBody(const Error& error) {
  errors::Status body;
  body.set_code(error.code());
  body.set_reason(ToUtf8(error.reason()));
  body.set_message(ToUtf8(error.message()));
  for (const auto& [key, value] : error.metadata())
    (*body.mutable_metadata())[ToUtf8(key)] = ToUtf8(value);
  return body;
}

google::rpc::Status GoogleBody(const Error& error) {
  google::rpc::Status body;
  body.set_code(static_cast<int>(GrpcCodeFromHttp(error.code())));
  body.set_message(ToUtf8(error.message()));
  if (!error.reason().empty() || !error.metadata().empty()) {
    google::rpc::ErrorInfo info;
    info.set_reason(ToUtf8(error.reason()));
    for (const auto& [key, value] : error.metadata())
      (*info.mutable_metadata())[ToUtf8(key)] = ToUtf8(value);
    static_cast<void>(body.add_details()->PackFrom(info));
  }
  return body;
}

}  // namespace

Error Redirect(int code, std::string location) {
  return Error(code, kReasonRedirect, "see " + location)
      .WithMetadata(kLocation, std::move(location));
}

void DefaultErrorEncoder(Context& ctx, const Error& error) {
  Response& response = ctx.response();
  if (error.code() >= 300 && error.code() < 400 && error.reason() == kReasonRedirect &&
      error.metadata().contains(kLocation)) {
    if (const Status status = ctx.Redirect(error.code(), error.metadata().at(kLocation));
        !status.ok()) {
      DefaultErrorEncoder(ctx, status.error());
    }
    return;
  }
  Negotiated codec = NegotiateReply(ctx);
  std::string body;
  const auto encode = [&](const google::protobuf::Message& message) {
    Status status = codec.codec->Encode(message, nullptr, codec.options, &body);
    if (!status.ok()) {
      codec.content_type = "application/json";
      status = codec.json->Encode(message, nullptr, codec.options, &body);
    }
    return status;
  };
  const ErrorBody shape = ctx.state().dispatcher.options().error_body;
  const Status encoded =
      shape == ErrorBody::kGoogleRpc ? encode(GoogleBody(error)) : encode(KratosBody(error));
  if (!encoded.ok()) {
    log::Write(ctx, log::Level::kError, "an error could not be encoded",
               {{"error", encoded.error().ToString()}});
    body.clear();
  }
  response.status = error.code() >= 400 && error.code() <= 599 ? error.code() : 500;
  response.headers.Set("Content-Type", codec.content_type);
  response.body = std::move(body);
  response.committed = true;
}

std::string_view ReasonOfRefusal(int status) {
  switch (status) {
    case 408:
      return "REQUEST_TIMEOUT";
    case 413:
    case 414:
    case 431:
      return kReasonTooLarge;
    case 501:
    case 505:
      return kReasonUnimplemented;
    case 503:
      return kReasonUnavailable;
    default:
      return kReasonCodec;
  }
}

std::string ErrorJson(const Context& ctx, const Error& error) {
  const Negotiated codec = NegotiateReply(ctx);
  std::string body;
  const Status encoded = ctx.state().dispatcher.options().error_body == ErrorBody::kGoogleRpc
                             ? codec.json->Encode(GoogleBody(error), nullptr, codec.options, &body)
                             : codec.json->Encode(KratosBody(error), nullptr, codec.options, &body);
  return encoded.ok() ? body : "{}";
}

}  // namespace kratos::http
