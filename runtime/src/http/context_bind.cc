// The binders of http::Context: body, query, path variables and forms.
#include <fmt/format.h>
#include <google/protobuf/message.h>

#include "google/api/httpbody.pb.h"
#include "http/call_state.h"
#include "http/negotiation.h"
#include "http/update_mask.h"
#include "kratos/errors/errors.h"
#include "kratos/http/binding.h"
#include "kratos/http/context.h"
#include "metadata/ascii.h"

namespace kratos::http {

namespace {

using google::api::HttpBody;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using kratos::internal::IsBlank;

constexpr std::string_view kWholeMessage = "*";

// Takes the raw body into an HttpBody; the bytes are moved.
Status TakeRaw(Request& request, HttpBody* body) {
  if (Status status = OneContentType(request.headers); !status.ok()) return status;
  body->set_content_type(std::string(request.headers.Get("Content-Type")));
  *body->mutable_data() = std::move(request.body);
  request.body.clear();
  return {};
}

Error Unsupported(Context& ctx, std::string message) {
  std::string accepted;
  for (const std::string& type : ctx.state().dispatcher.codecs().MediaTypes()) {
    accepted += (accepted.empty() ? "" : ", ") + type;
  }
  // RFC 5789, 3.1 for PATCH; the W3C's Accept-Post for the rest.
  ctx.mutable_reply_header().Set(ctx.request().method == "PATCH" ? "Accept-Patch" : "Accept-Post",
                                 accepted);
  return Error(415, kReasonUnsupportedMediaType, std::move(message));
}

// The codec of the request's Content-Type; JSON when it has none.
kratos::Result<const codec::Codec*> RequestCodec(Context& ctx) {
  const Metadata& headers = ctx.request().headers;
  const codec::Registry& codecs = ctx.state().dispatcher.codecs();
  if (const std::string_view coding = headers.Get("Content-Encoding");
      !coding.empty() && !EqualsIgnoreCase(coding, "identity")) {
    return Unsupported(ctx, fmt::format("the Content-Encoding \"{}\" is not understood", coding));
  }
  const std::string* type = headers.Find("Content-Type");
  if (type == nullptr) return codecs.Find("json");
  if (Status status = OneContentType(headers); !status.ok()) return status;
  const auto media = codec::ParseMediaType(*type);
  if (!media)
    return Unsupported(ctx, fmt::format("the Content-Type \"{}\" is no media type", *type));
  if (!media->charset.empty() && media->charset != "utf-8" && media->charset != "utf8") {
    return Unsupported(
        ctx, fmt::format("the charset \"{}\" is not understood; use utf-8", media->charset));
  }
  const codec::Codec* codec = codecs.Find(media->subtype);
  if (codec == nullptr)
    return Unsupported(ctx, fmt::format("no codec reads the Content-Type \"{}\"", *type));
  return codec;
}

// Decodes a body that is not raw into the message or one field of it.
Status DecodeBody(Context& ctx, const FieldDescriptor* field,
                  std::vector<std::string>* present_paths, Message* message) {
  internal::CallState& state = ctx.state();
  if (IsBlank(state.request.body)) {
    state.body_was_empty = true;
    return {};
  }
  const auto codec = RequestCodec(ctx);
  if (!codec.ok()) return codec.status();
  codec::DecodeOptions options;
  options.max_depth = ctx.state().dispatcher.options().limits.max_json_depth;
  options.go_struct_shapes = state.dispatcher.options().go_struct_shapes;
  options.present_paths = present_paths;
  return (*codec)->Decode(state.request.body, field, options, message);
}

// Parsed by the first to ask.
const kratos::Result<std::vector<form::Pair>>& ParsedQuery(internal::CallState& state) {
  if (!state.query) {
    state.query =
        form::ParseQuery(state.request.query(), state.dispatcher.options().limits.max_query_pairs);
  }
  return *state.query;
}

// Strict servers refuse query parameters where the body is the whole request.
Status RefuseQuery(Context& ctx) {
  const auto& query = ParsedQuery(ctx.state());
  if (!query.ok()) return query.status();
  if (query->empty()) return {};
  return BadRequest(kReasonCodec,
                    fmt::format("query parameter \"{}\": the body holds the whole request",
                                query->front().first));
}

}  // namespace

kratos::Result<std::vector<form::Pair>> Context::Query() const { return ParsedQuery(state_); }

Status Context::Bind(Message* message) {
  if (!state_.body_status.ok()) return state_.RefuseBody(state_.body_status);
  const RouteSpec* spec = state_.route == nullptr ? nullptr : &state_.route->spec;
  const bool body_is_all = spec != nullptr && spec->body == kWholeMessage;
  // Go Kratos clients call an rpc without a rule with a query and no body; this project's with
  // both, for Go servers read the query alone.
  const bool default_route = body_is_all && IsDefaultRoute({.operation = spec->operation,
                                                            .method = spec->method,
                                                            .path = spec->path,
                                                            .body = spec->body,
                                                            .response_body = ""});
  if (default_route && IsBlank(state_.request.body)) {
    state_.body_was_empty = true;
    return BindQuery(message);
  }
  if (body_is_all && !default_route && state_.dispatcher.options().strict_query) {
    if (Status status = RefuseQuery(*this); !status.ok()) return status;
  }
  if (typeid(*message) == typeid(HttpBody)) {
    return TakeRaw(state_.request, static_cast<HttpBody*>(message));
  }
  return DecodeBody(*this, nullptr, nullptr, message);
}

Status Context::BindField(Message* message, int field_number) {
  if (!state_.body_status.ok()) return state_.RefuseBody(state_.body_status);
  const FieldDescriptor* field = message->GetDescriptor()->FindFieldByNumber(field_number);
  if (field == nullptr)
    return InternalServer("BAD_FIELD",
                          "the request has no field with the number its body rule names");
  if (!field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
      field->message_type() == HttpBody::descriptor()) {
    return TakeRaw(state_.request, static_cast<HttpBody*>(
                                       message->GetReflection()->MutableMessage(message, field)));
  }
  const FieldDescriptor* mask = state_.route == nullptr ? nullptr : state_.route->derived_mask;
  std::vector<std::string> present;
  if (Status status = DecodeBody(*this, field, mask == nullptr ? nullptr : &present, message);
      !status.ok())
    return status;
  // Codecs without keys (proto) report none, and an empty mask would mean something else than no
  // mask.
  if (mask != nullptr && !present.empty()) {
    const auto& query = ParsedQuery(state_);
    if (!query.ok()) return query.status();
    if (!NamesField(*query, *mask)) SetMask(present, *mask, message);
  }
  return {};
}

Status Context::BindQuery(Message* message) {
  const bool body_is_all = state_.route != nullptr && state_.route->spec.body == kWholeMessage;
  if (body_is_all && !state_.body_was_empty) {
    return state_.dispatcher.options().strict_query ? RefuseQuery(*this) : Status();
  }
  if (state_.request.query().empty()) return {};
  const auto& query = ParsedQuery(state_);
  if (!query.ok()) return query.status();
  form::BindOptions options;
  options.strict = state_.dispatcher.options().strict_query;
  if (state_.route != nullptr) options.bound_elsewhere = &state_.route->bound_elsewhere;
  return form::Bind(*query, options, message);
}

Status Context::BindVars(Message* message) {
  for (std::size_t i = 0; i < state_.vars.size(); ++i) {
    const auto& [name, value] = state_.vars[i];
    if (state_.route != nullptr && i < state_.route->path_fields.size()) {
      if (Status status = form::BindValue(state_.route->path_fields[i], value, message);
          !status.ok())
        return status;
      continue;
    }
    const auto path = form::ResolveFieldPath(*message->GetDescriptor(), name);
    if (!path.ok()) continue;  // A hand-written route may have variables that are no fields.
    if (Status status = form::BindValue(*path, value, message); !status.ok()) return status;
  }
  return {};
}

Status Context::BindForm(Message* message) {
  if (!state_.body_status.ok()) return state_.RefuseBody(state_.body_status);
  if (Status status = BindQuery(message); !status.ok()) return status;
  if (IsBlank(state_.request.body)) return {};
  auto pairs =
      form::ParseQuery(state_.request.body, state_.dispatcher.options().limits.max_query_pairs);
  if (!pairs.ok()) return pairs.status();
  form::BindOptions options;
  options.strict = state_.dispatcher.options().strict_query;
  return form::Bind(*pairs, options, message);
}

}  // namespace kratos::http
