#include "http/client_error.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/struct.pb.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "errors/errors.pb.h"
#include "kratos/errors/errors.h"
#include "kratos/json/json.h"
#include "kratos/route/percent.h"

namespace kratos::http {

namespace {

constexpr std::size_t kMaxExcerpt = 256;
constexpr std::string_view kErrorInfo = "type.googleapis.com/google.rpc.ErrorInfo";

using google::protobuf::Struct;
using google::protobuf::Value;

const Value* Member(const Struct& object, const std::string& name) {
  const auto found = object.fields().find(name);
  return found == object.fields().end() ? nullptr : &found->second;
}

std::string StringMember(const Struct& object, const std::string& name) {
  const auto* value = Member(object, name);
  return value != nullptr && value->kind_case() == Value::kStringValue
             ? std::string(value->string_value())
             : std::string();
}

// One line of the text a person would have seen; nothing of what is not text.
std::string Excerpt(std::string_view body) {
  auto text = body.substr(0, kMaxExcerpt);
  // Do not end inside a character.
  while (text.size() < body.size() && !text.empty() &&
         (static_cast<unsigned char>(body[text.size()]) & 0xC0) == 0x80) {
    text.remove_suffix(1);
  }
  if (!route::IsValidUtf8(text) || text.find('\0') != std::string_view::npos) return "";
  std::string out;
  for (const char c : text) {
    const bool space = static_cast<unsigned char>(c) <= ' ' || c == 0x7f;
    if (!space) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  while (out.ends_with(' ')) out.pop_back();
  if (text.size() < body.size()) out += "...";
  return out;
}

struct Found {
  int code = 0;
  bool is_google = false;  // google.rpc.Status.
  std::string reason;
  std::string message;
  std::map<std::string, std::string> metadata;
};

// google.rpc.Status as grpc-gateway and Google's own services write it.
std::optional<Found> ReadGoogleStatus(std::string_view body) {
  Struct whole;
  if (json::Decode(body, {}, &whole)) return std::nullopt;
  const Struct* status = nullptr;
  if (const auto* error = Member(whole, "error");
      error != nullptr && error->kind_case() == Value::kStructValue) {
    status = &error->struct_value();
  } else if (Member(whole, "details") != nullptr) {
    status = &whole;
  }
  if (status == nullptr) return std::nullopt;
  Found found;
  found.is_google = true;
  if (const auto* code = Member(*status, "code");
      code != nullptr && code->kind_case() == Value::kNumberValue) {
    found.code = static_cast<int>(code->number_value());
  }
  found.message = StringMember(*status, "message");
  found.reason = StringMember(*status, "status");
  const auto* details = Member(*status, "details");
  if (details == nullptr || details->kind_case() != Value::kListValue) return found;
  for (const auto& detail : details->list_value().values()) {
    if (detail.kind_case() != Value::kStructValue) continue;
    const auto& info = detail.struct_value();
    if (StringMember(info, "@type") != kErrorInfo) continue;
    found.reason = StringMember(info, "reason");
    const auto* metadata = Member(info, "metadata");
    if (metadata == nullptr || metadata->kind_case() != Value::kStructValue) break;
    for (const auto& [key, value] : metadata->struct_value().fields()) {
      if (value.kind_case() == Value::kStringValue)
        found.metadata[std::string(key)] = value.string_value();
    }
    break;
  }
  return found;
}

const codec::Codec& JsonOf(const codec::Registry& registry) {
  if (const auto* codec = registry.Find("json")) return *codec;
  static const auto json = codec::JsonCodec();
  return *json;
}

Found Read(const codec::Codec& codec, std::string_view body) {
  errors::Status status;
  const bool read = codec.Decode(body, nullptr, {}, &status).ok();
  const bool is_json = codec.name() == "json" || codec.name() == "protojson";
  std::optional<Found> google;
  if ((!read || status.reason().empty()) && is_json) google = ReadGoogleStatus(body);
  if (google) return std::move(*google);
  Found found;
  if (read && (status.code() != 0 || !status.reason().empty() || !status.message().empty())) {
    found.code = status.code();
    found.reason = status.reason();
    found.message = status.message();
    for (const auto& [key, value] : status.metadata()) found.metadata[key] = value;
  } else {
    found.message = Excerpt(body);
  }
  return found;
}

}  // namespace

const codec::Codec& ReplyCodec(const codec::Registry& registry, const Metadata& headers) {
  if (const auto type = codec::ParseMediaType(headers.Get("Content-Type"))) {
    if (const auto* codec = registry.Find(type->subtype)) return *codec;
  }
  return JsonOf(registry);
}

Status ErrorFromReply(const codec::Registry& registry, Response reply) {
  int code = reply.status;
  Found found;
  if (!reply.body.empty()) {
    found = Read(ReplyCodec(registry, reply.headers), reply.body);
    if (reply.status == 500 && !found.is_google && found.code != 0 &&
        (found.code < 400 || found.code > 599))
      code = found.code;
  }
  return Error(code, std::move(found.reason), std::move(found.message))
      .WithMetadata(std::move(found.metadata))
      .WithPeerReply({reply.status, std::move(reply.headers), std::move(reply.body)});
}

Error ErrorFromEvent(const codec::Registry& registry, std::string_view text) {
  Found found = Read(JsonOf(registry), text);
  int code = found.code != 0 ? found.code : 500;
  // google.rpc.Status has a code of gRPC's.
  if (found.is_google) code = HttpFromGrpcCode(static_cast<GrpcCode>(found.code));
  return Error(code, std::move(found.reason), std::move(found.message))
      .WithMetadata(std::move(found.metadata));
}

std::optional<Error> ErrorFromElement(const codec::Registry& registry, std::string_view element,
                                      const google::protobuf::Descriptor& message) {
  // Most elements are messages: what is no error is told apart without reading it.
  std::string_view rest = element;
  for (const std::string_view token : {"{", "\"error\""}) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
    if (!rest.starts_with(token)) return std::nullopt;
    rest.remove_prefix(token.size());
  }
  Struct whole;
  if (json::Decode(element, {}, &whole) || whole.fields_size() != 1) return std::nullopt;
  const Value* error = Member(whole, "error");
  if (error == nullptr || error->kind_case() != Value::kStructValue) return std::nullopt;
  const Struct& fields = error->struct_value();
  const Value* code = Member(fields, "code");
  if (code == nullptr || code->kind_case() != Value::kNumberValue) return std::nullopt;
  // A message may have a field of that name; then only what looks like Kratos's error is one.
  if (message.FindFieldByName("error") != nullptr &&
      (fields.fields_size() != 4 || Member(fields, "reason") == nullptr ||
       Member(fields, "message") == nullptr || Member(fields, "metadata") == nullptr)) {
    return std::nullopt;
  }
  std::string text;
  if (json::Encode(fields, {}, &text)) return std::nullopt;
  return ErrorFromEvent(registry, text);
}

}  // namespace kratos::http
