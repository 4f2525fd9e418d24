#include "kratos/json/json.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "json/decoder.h"
#include "json/encoder.h"

namespace kratos::json {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using internal::Decoder;
using internal::Encoder;
using internal::FieldPlan;
using internal::MessagePlan;

std::optional<Error> MissingRequired(const Message& message) {
  if (message.IsInitialized()) return std::nullopt;
  Error error;
  error.code = ErrorCode::kMissingRequired;
  error.message = "a required field is missing";
  std::vector<std::string> missing;
  message.FindInitializationErrors(&missing);
  if (!missing.empty()) error.path = missing.front();
  return error;
}

// As above, for the messages one field holds.
std::optional<Error> MissingRequired(const Message& message, const FieldDescriptor& field) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return std::nullopt;
  const auto& reflection = *message.GetReflection();
  if (!field.is_repeated()) {
    return reflection.HasField(message, &field)
               ? MissingRequired(reflection.GetMessage(message, &field))
               : std::nullopt;
  }
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    if (auto missing = MissingRequired(reflection.GetRepeatedMessage(message, &field, i))) {
      internal::PrependIndex(static_cast<std::size_t>(i), &*missing);
      return missing;
    }
  }
  return std::nullopt;
}

// Runs `work` with the plan of `field`, and whether its accessors can be used; extensions have no
// plan in their message's.
template <typename Work>
bool WithPlan(const Message& message, const FieldDescriptor& field, internal::Plans& plans,
              Work work) {
  if (field.is_extension()) return work(FieldPlan(field, 0), false);
  const MessagePlan& plan = plans.Get(field.containing_type());
  return work(*plan.fields[static_cast<std::size_t>(field.index())], plan.IsCompiledIn(message));
}

// What a field that is not set is written as, or null when its default is.
const char* UnsetText(const Message& message, const FieldDescriptor& field) {
  if (field.is_repeated() || !field.has_presence() ||
      message.GetReflection()->HasField(message, &field)) {
    return nullptr;
  }
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE ? "{}" : "null";
}

template <typename Write>
std::optional<Error> Append(const EncodeOptions& options, std::string* out, Write write) {
  const std::size_t begin = out->size();
  std::optional<Error> failed;
  {
    Encoder encoder(options, out);
    if (!write(encoder)) failed = std::move(encoder.error());
  }
  if (failed) out->resize(begin);
  return failed;
}

}  // namespace

std::optional<Error> Encode(const Message& message, const EncodeOptions& options,
                            std::string* out) {
  if (auto missing = MissingRequired(message)) return missing;
  return Append(options, out, [&](Encoder& encoder) { return encoder.WriteMessage(message); });
}

std::optional<Error> EncodeField(const Message& message, const FieldDescriptor& field,
                                 const EncodeOptions& options, std::string* out) {
  if (const char* unset = UnsetText(message, field)) {
    *out += unset;
    return std::nullopt;
  }
  if (auto missing = MissingRequired(message, field)) return missing;
  return Append(options, out, [&](Encoder& encoder) {
    return WithPlan(message, field, encoder.plans(), [&](const FieldPlan& plan, bool compiled_in) {
      return encoder.WriteField(message, plan, compiled_in);
    });
  });
}

std::optional<Error> Decode(std::string_view text, const DecodeOptions& options, Message* message) {
  Decoder decoder(text, options);
  const std::size_t begin = decoder.scanner().Offset();
  if (decoder.ReadMessage(message) && decoder.scanner().Finish() &&
      decoder.CheckInitialized(*message, begin)) {
    return std::nullopt;
  }
  return std::move(decoder.error());
}

std::optional<Error> DecodeField(std::string_view text, const FieldDescriptor& field,
                                 const DecodeOptions& options, Message* message) {
  Decoder decoder(text, options);
  const std::size_t begin = decoder.scanner().Offset();
  const bool read =
      WithPlan(*message, field, decoder.plans(), [&](const FieldPlan& plan, bool compiled_in) {
        return decoder.ReadField(plan, compiled_in, message);
      });
  if (!read || !decoder.scanner().Finish()) return std::move(decoder.error());
  auto missing = MissingRequired(*message, field);
  if (missing) missing->offset = begin;
  return missing;
}

}  // namespace kratos::json
