// The types whose JSON is not an object of their fields.
#include <cmath>

#include <google/protobuf/io/coded_stream.h>

#include "json/encoder.h"

namespace kratos::json::internal {

namespace {

// Every level of Any in Any holds a copy of all that is inside it: this bounds the memory.
constexpr int kMaxAnyNesting = 100;

// Messages in the bytes of an Any. One level of JSON in a Struct is three of them (Struct, map
// entry, Value), so that what the decoder reads by default needs more than protobuf's own limit of
// 100.
constexpr int kMaxWireNesting = 320;

}  // namespace

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::Reflection;

bool Encoder::WriteTime(const Message& message, const MessagePlan& plan, bool compiled_in) {
  const FieldPlan& seconds_field = *plan.fields[0];
  const FieldPlan& nanos_field = *plan.fields[1];
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
  if (compiled_in && seconds_field.access != nullptr && nanos_field.access != nullptr) {
    seconds_field.access->get.as_int64(message, &seconds);
    nanos_field.access->get.as_int32(message, &nanos);
  } else {
    const Reflection& reflection = *message.GetReflection();
    seconds = reflection.GetInt64(message, seconds_field.field);
    nanos = reflection.GetInt32(message, nanos_field.field);
  }
  const bool timestamp = plan.kind == WellKnown::kTimestamp;
  char* to = out_.Room(kLongestTime + 2);
  *to++ = '"';
  to = timestamp ? WriteTimestamp(seconds, nanos, to) : WriteDuration(seconds, nanos, to);
  if (to == nullptr) {
    return Fail(timestamp
                    ? "the timestamp is outside years 1 to 9999 or its nanos outside 0 to 999999999"
                    : "the duration is longer than 10000 years or mixes signs");
  }
  *to++ = '"';
  out_.Advance(to);
  return true;
}

bool Encoder::WriteFieldMask(const Message& message, const MessagePlan& plan) {
  const Reflection& reflection = *message.GetReflection();
  const FieldDescriptor* paths = plan.fields[0]->field;
  const int size = reflection.FieldSize(message, paths);
  out_.push_back('"');
  for (int i = 0; i < size; ++i) {
    std::string scratch;
    const std::string& path = reflection.GetRepeatedStringReference(message, paths, i, &scratch);
    if (i > 0) out_.push_back(',');
    std::string camel;
    if (!FormatMaskPath(path, &camel)) {
      return Fail("the mask path \"" + Excerpt(path) + "\" has no camelCase form");
    }
    out_.append(camel);
  }
  out_.push_back('"');
  return true;
}

bool Encoder::WriteValue(const Message& message, const MessagePlan& plan, bool compiled_in) {
  if (compiled_in) {
    for (const auto& field : plan.fields) {
      const FieldAccess* access = field->access;
      if (access == nullptr) break;
      if (!IsSet(message, *access)) continue;
      double number = 0;
      if (access->type == AccessType::kDouble && access->get.as_double(message, &number) &&
          !std::isfinite(number)) {
        return Fail("a Value cannot hold NaN or infinity");
      }
      return WriteAccessed(message, *field);
    }
  }
  const Reflection& reflection = *message.GetReflection();
  const FieldDescriptor* set =
      reflection.GetOneofFieldDescriptor(message, plan.descriptor->oneof_decl(0));
  if (set == nullptr) {
    // struct.proto calls this an error; protobuf writes null all the same, and so a forgotten value
    // does not cost the whole reply.
    out_.append("null");
    return true;
  }
  if (set->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE &&
      !std::isfinite(reflection.GetDouble(message, set))) {
    return Fail("a Value cannot hold NaN or infinity");
  }
  return WriteSingular(message, *plan.fields[static_cast<std::size_t>(set->index())]);
}

std::unique_ptr<Message> Encoder::UnpackAny(const Message& message, const MessagePlan& plan,
                                            const std::string& type_url) {
  const std::size_t slash = type_url.rfind('/');
  const std::string name = slash == std::string::npos ? "" : type_url.substr(slash + 1);
  const DescriptorPool* pool = plan.descriptor->file()->pool();
  const Descriptor* type = name.empty() ? nullptr : pool->FindMessageTypeByName(name);
  if (type == nullptr) {
    Fail("the type \"" + Excerpt(type_url) + "\" of the Any is not known");
    return nullptr;
  }
  MessageFactory* factory = MessageFactory::generated_factory();
  if (type->file()->pool() != DescriptorPool::generated_pool()) {
    if (!factory_) factory_ = std::make_unique<google::protobuf::DynamicMessageFactory>();
    factory = factory_.get();
  }
  std::unique_ptr<Message> unpacked(factory->GetPrototype(type)->New());
  std::string scratch;
  const std::string& bytes =
      message.GetReflection()->GetStringReference(message, plan.fields[1]->field, &scratch);
  google::protobuf::io::CodedInputStream input(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                               static_cast<int>(bytes.size()));
  input.SetRecursionLimit(kMaxWireNesting);
  if (!unpacked->ParsePartialFromCodedStream(&input) || !input.ConsumedEntireMessage()) {
    Fail("the bytes of the Any are not a \"" + Excerpt(name) + "\"");
    return nullptr;
  }
  return unpacked;
}

bool Encoder::WriteAny(const Message& message, const MessagePlan& plan) {
  const Reflection& reflection = *message.GetReflection();
  std::string type_url = reflection.GetString(message, plan.fields[0]->field);
  if (type_url.empty() && reflection.GetString(message, plan.fields[1]->field).empty()) {
    out_.append("{}");
    return true;
  }
  if (any_nesting_ >= kMaxAnyNesting) {
    return Fail("Any is nested deeper than " + std::to_string(kMaxAnyNesting) + " levels",
                ErrorCode::kTooDeep);
  }
  const std::unique_ptr<Message> unpacked = UnpackAny(message, plan, type_url);
  if (!unpacked) return false;
  ++any_nesting_;

  const MessagePlan& inner = plans_.Get(unpacked->GetDescriptor());
  const bool compiled_in = inner.IsCompiledIn(*unpacked);
  bool first = true;
  Open('{');
  Separate(&first);
  Key("\"@type\":");
  if (!WriteString(type_url)) return false;
  if (inner.kind != WellKnown::kNone) {
    Separate(&first);
    Key("\"value\":");
    if (!WriteMessage(*unpacked, inner, compiled_in)) return false;
  } else if (!WriteMembers(*unpacked, inner, compiled_in, &first)) {
    return false;
  }
  Close('}', first);
  --any_nesting_;
  return true;
}

}  // namespace kratos::json::internal
