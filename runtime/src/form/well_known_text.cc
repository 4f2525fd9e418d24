// The text forms of google.protobuf.* messages, by field number: the message may be a dynamic one.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "form/go_duration.h"
#include "form/scalar_text.h"
#include "kratos/json/internal/text.h"
#include "kratos/json/json.h"
#include "kratos/route/percent.h"

namespace kratos::form::internal {

namespace pb = ::google::protobuf;

namespace {

const pb::FieldDescriptor* Field(const pb::Message& message, int number) {
  return message.GetDescriptor()->FindFieldByNumber(number);
}

std::string Quoted(std::string_view text) { return "\"" + json::internal::Excerpt(text) + "\""; }

void SetSecondsAndNanos(std::int64_t seconds, std::int32_t nanos, pb::Message* message) {
  message->GetReflection()->SetInt64(message, Field(*message, 1), seconds);
  message->GetReflection()->SetInt32(message, Field(*message, 2), nanos);
}

std::int64_t Seconds(const pb::Message& message) {
  return message.GetReflection()->GetInt64(message, Field(message, 1));
}

std::int32_t Nanos(const pb::Message& message) {
  return message.GetReflection()->GetInt32(message, Field(message, 2));
}

Fault ReadMask(std::string_view text, pb::Message* message) {
  std::vector<std::string> paths;
  if (!json::internal::ParseFieldMask(text, json::internal::MaskSpelling::kCamelOrSnake, &paths)) {
    return Quoted(text) + " is not a field mask";
  }
  for (std::string& path : paths) {
    message->GetReflection()->AddString(message, Field(*message, 1), std::move(path));
  }
  return std::nullopt;
}

/// One path of a mask. Go reads any upper-case letter as '_' and the lower-case one, and leaves the
/// rest alone, as we do: what has no camelCase form may still go in its own spelling.
Fault WriteMaskPath(const std::string& path, std::string* out) {
  if (json::internal::FormatMaskPath(path, out)) return std::nullopt;
  std::vector<std::string> read_back;
  if (json::internal::ParseFieldMask(path, json::internal::MaskSpelling::kCamelOrSnake,
                                     &read_back) &&
      read_back == std::vector<std::string>{path}) {
    *out += path;
    return std::nullopt;
  }
  return "the mask's path " + Quoted(path) + " has no text form";
}

Fault WriteMask(const pb::Message& message, std::string* out) {
  const pb::Reflection& reflection = *message.GetReflection();
  const auto* paths = Field(message, 1);
  for (int i = 0; i < reflection.FieldSize(message, paths); ++i) {
    if (i > 0) *out += ',';
    std::string scratch;
    if (Fault fault = WriteMaskPath(
            reflection.GetRepeatedStringReference(message, paths, i, &scratch), out)) {
      return fault;
    }
  }
  return std::nullopt;
}

std::optional<json::Error> DecodeJson(std::string_view text, int max_depth, pb::Message* message) {
  json::DecodeOptions options;
  options.max_depth = max_depth;
  return json::Decode(text, options, message);
}

Fault JsonFault(const json::Error& error, const pb::Message& message) {
  return "not the JSON text of a " + std::string(message.GetDescriptor()->full_name()) + ": " +
         error.Describe();
}

Fault ReadJson(std::string_view text, int max_depth, pb::Message* message) {
  if (const auto error = DecodeJson(text, max_depth, message)) return JsonFault(*error, *message);
  return std::nullopt;
}

Fault WriteJson(const pb::Message& message, std::string* out) {
  if (const auto error = json::Encode(message, {}, out)) {
    return "has no JSON text: " + error->message;
  }
  return std::nullopt;
}

Fault ReadValue(std::string_view text, int max_depth, pb::Message* message) {
  if (!text.empty()) {
    const auto error = DecodeJson(text, max_depth, message);
    if (!error) return std::nullopt;
    // Nobody means a string by it. What only begins like deep JSON is one, though.
    if (error->code == json::ErrorCode::kTooDeep && json::internal::IsJson(text)) {
      return JsonFault(*error, *message);
    }
    message->Clear();
  }
  if (!route::IsValidUtf8(text)) return "not valid UTF-8";
  message->GetReflection()->SetString(message, Field(*message, 3), std::string(text));
  return std::nullopt;
}

/// A string goes as it is (Go reads it so too) unless reading it back would give something else.
Fault WriteValue(const pb::Message& message, std::string* out) {
  const pb::Reflection& reflection = *message.GetReflection();
  const auto* string_value = Field(message, 3);
  if (reflection.HasField(message, string_value)) {
    std::string text = reflection.GetString(message, string_value);
    if (!route::IsValidUtf8(text)) return "not valid UTF-8";
    const std::unique_ptr<pb::Message> read_back(message.New());
    // Read without a level to spare, for nobody knows here how many the reader has left.
    if (!ReadValue(text, 0, read_back.get()) &&
        read_back->GetReflection()->HasField(*read_back, string_value) &&
        read_back->GetReflection()->GetString(*read_back, string_value) == text) {
      *out += text;
      return std::nullopt;
    }
  } else if (!reflection.HasOneof(message, string_value->containing_oneof())) {
    return "is a Value without a kind";
  }
  return WriteJson(message, out);
}

bool IsEmptyType(const pb::Descriptor& message) {
  return message.full_name() == "google.protobuf.Empty";
}

}  // namespace

bool HasTextForm(const pb::Descriptor& message) {
  return message.well_known_type() != pb::Descriptor::WELLKNOWNTYPE_UNSPECIFIED ||
         IsEmptyType(message);
}

Fault ReadWellKnown(std::string_view text, int max_depth, pb::Message* message) {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
  switch (message->GetDescriptor()->well_known_type()) {
    case pb::Descriptor::WELLKNOWNTYPE_DOUBLEVALUE:
    case pb::Descriptor::WELLKNOWNTYPE_FLOATVALUE:
    case pb::Descriptor::WELLKNOWNTYPE_INT64VALUE:
    case pb::Descriptor::WELLKNOWNTYPE_UINT64VALUE:
    case pb::Descriptor::WELLKNOWNTYPE_INT32VALUE:
    case pb::Descriptor::WELLKNOWNTYPE_UINT32VALUE:
    case pb::Descriptor::WELLKNOWNTYPE_STRINGVALUE:
    case pb::Descriptor::WELLKNOWNTYPE_BYTESVALUE:
    case pb::Descriptor::WELLKNOWNTYPE_BOOLVALUE:
      return ReadText(*Field(*message, 1), text, max_depth, message);
    case pb::Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      if (!json::internal::ParseTimestamp(text, &seconds, &nanos)) {
        return Quoted(text) + " is not an RFC 3339 time";
      }
      SetSecondsAndNanos(seconds, nanos, message);
      return std::nullopt;
    case pb::Descriptor::WELLKNOWNTYPE_DURATION:
      if (!ParseGoDuration(text, &seconds, &nanos)) {
        return Quoted(text) + " is not a duration such as 90s or 1m30s";
      }
      SetSecondsAndNanos(seconds, nanos, message);
      return std::nullopt;
    case pb::Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return ReadMask(text, message);
    case pb::Descriptor::WELLKNOWNTYPE_VALUE:
      return ReadValue(text, max_depth, message);
    case pb::Descriptor::WELLKNOWNTYPE_STRUCT:
    case pb::Descriptor::WELLKNOWNTYPE_LISTVALUE:
    case pb::Descriptor::WELLKNOWNTYPE_ANY:
      return ReadJson(text, max_depth, message);
    default:
      break;
  }
  if (IsEmptyType(*message->GetDescriptor()) && (text.empty() || text == "{}")) {
    return std::nullopt;
  }
  return "is a message, not a value: name one of its fields";
}

Fault WriteWellKnown(const pb::Message& message, std::string* out) {
  switch (message.GetDescriptor()->well_known_type()) {
    case pb::Descriptor::WELLKNOWNTYPE_DOUBLEVALUE:
    case pb::Descriptor::WELLKNOWNTYPE_FLOATVALUE:
    case pb::Descriptor::WELLKNOWNTYPE_INT64VALUE:
    case pb::Descriptor::WELLKNOWNTYPE_UINT64VALUE:
    case pb::Descriptor::WELLKNOWNTYPE_INT32VALUE:
    case pb::Descriptor::WELLKNOWNTYPE_UINT32VALUE:
    case pb::Descriptor::WELLKNOWNTYPE_STRINGVALUE:
    case pb::Descriptor::WELLKNOWNTYPE_BYTESVALUE:
    case pb::Descriptor::WELLKNOWNTYPE_BOOLVALUE:
      return WriteText(*Field(message, 1), message, 0, out);
    case pb::Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      if (!json::internal::FormatTimestamp(Seconds(message), Nanos(message), out)) {
        return "a time outside the years 1 to 9999";
      }
      return std::nullopt;
    case pb::Descriptor::WELLKNOWNTYPE_DURATION:
      if (!json::internal::FormatDuration(Seconds(message), Nanos(message), out)) {
        return "a duration that is too long, or whose signs differ";
      }
      return std::nullopt;
    case pb::Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return WriteMask(message, out);
    case pb::Descriptor::WELLKNOWNTYPE_VALUE:
      return WriteValue(message, out);
    case pb::Descriptor::WELLKNOWNTYPE_STRUCT:
    case pb::Descriptor::WELLKNOWNTYPE_LISTVALUE:
    case pb::Descriptor::WELLKNOWNTYPE_ANY:
      return WriteJson(message, out);
    default:
      break;
  }
  if (IsEmptyType(*message.GetDescriptor())) return std::nullopt;
  return "is a message, not a value";
}

}  // namespace kratos::form::internal
