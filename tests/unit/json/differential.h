// The codec with generated accessors against the codec by reflection: the same message as a
// compiled-in class and as a dynamic one must be read, refused and written alike.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "kratos/json/json.h"

namespace kratos::json::test {

class Differential {
 public:
  explicit Differential(const google::protobuf::Message& compiled_in)
      : compiled_in_(*compiled_in.GetReflection()->GetMessageFactory()->GetPrototype(
            compiled_in.GetDescriptor())),
        dynamic_(*factory_.GetPrototype(compiled_in.GetDescriptor())) {}

  /// What differs when `text` is read, as a whole and as each field, and what was read is written;
  /// empty when nothing does.
  std::string Read(std::string_view text) const {
    for (const DecodeOptions& options : AllDecodeOptions()) {
      std::vector<std::string> paths[2];
      std::unique_ptr<google::protobuf::Message> messages[2] = {New(true), New(false)};
      std::optional<Error> errors[2];
      for (int i = 0; i < 2; ++i) {
        DecodeOptions own = options;
        own.present_paths = options.max_depth == DecodeOptions().max_depth ? &paths[i] : nullptr;
        errors[i] = Decode(text, own, messages[i].get());
      }
      if (const std::string difference = Compare(errors[0], errors[1]); !difference.empty()) {
        return "read: " + difference;
      }
      if (paths[0] != paths[1]) return "present paths";
      if (errors[0]) continue;
      if (Bytes(*messages[0]) != Bytes(*messages[1])) return "what was read";
      if (const std::string difference = Write(*messages[0], *messages[1]); !difference.empty()) {
        return difference;
      }
      // Once more into what is there already.
      for (int i = 0; i < 2; ++i) errors[i] = Decode(text, options, messages[i].get());
      if (const std::string difference = Compare(errors[0], errors[1]); !difference.empty()) {
        return "merge: " + difference;
      }
      if (const std::string difference = Write(*messages[0], *messages[1]); !difference.empty()) {
        return "merged and " + difference;
      }
    }
    const auto* descriptor = compiled_in_.GetDescriptor();
    for (int f = 0; f < descriptor->field_count(); ++f) {
      const auto& field = *descriptor->field(f);
      const auto compiled_in = New(true);
      const auto dynamic = New(false);
      const std::string difference = Compare(DecodeField(text, field, {}, compiled_in.get()),
                                             DecodeField(text, field, {}, dynamic.get()));
      if (!difference.empty()) return "field " + std::string(field.name()) + ": " + difference;
    }
    return "";
  }

  /// As Read, for a message in binary format; what that cannot hold is passed by.
  std::string Parse(std::string_view bytes) const {
    const auto compiled_in = New(true);
    const auto dynamic = New(false);
    const std::string copy(bytes);
    if (!compiled_in->ParsePartialFromString(copy) || !dynamic->ParsePartialFromString(copy)) {
      return "";
    }
    return Write(*compiled_in, *dynamic);
  }

  /// As above, for a message at hand.
  std::string Write(const google::protobuf::Message& message) const {
    const auto dynamic = New(false);
    dynamic->CopyFrom(message);
    return Write(message, *dynamic);
  }

 private:
  using Message = google::protobuf::Message;

  static std::vector<DecodeOptions> AllDecodeOptions() {
    DecodeOptions strict;
    strict.ignore_unknown = false;
    strict.go_struct_shapes = true;
    DecodeOptions shallow;
    shallow.max_depth = 3;
    return {DecodeOptions(), strict, shallow};
  }

  std::unique_ptr<Message> New(bool compiled_in) const {
    return std::unique_ptr<Message>((compiled_in ? compiled_in_ : dynamic_).New());
  }

  static std::string Bytes(const Message& message) {
    std::string bytes;
    google::protobuf::io::StringOutputStream stream(&bytes);
    {
      google::protobuf::io::CodedOutputStream coded(&stream);
      coded.SetSerializationDeterministic(true);
      message.SerializePartialToCodedStream(&coded);
    }
    return bytes;
  }

  static std::string Compare(const std::optional<Error>& a, const std::optional<Error>& b) {
    if (!a && !b) return "";
    if (!a || !b) return a ? "refused: " + a->Describe() : "taken: " + b->Describe();
    if (a->code == b->code && a->Describe() == b->Describe()) return "";
    return a->Describe() + " / " + b->Describe();
  }

  static std::string Write(const Message& compiled_in, const Message& dynamic) {
    for (unsigned bits = 0; bits < 32; ++bits) {
      EncodeOptions options;
      options.emit_unpopulated = (bits & 1) != 0;
      options.proto_names = (bits & 2) != 0;
      options.enum_numbers = (bits & 4) != 0;
      options.int64_numbers = (bits & 8) != 0;
      options.indent = (bits & 16) != 0 ? 2 : 0;
      std::string texts[2];
      const std::string difference =
          Compare(Encode(compiled_in, options, &texts[0]), Encode(dynamic, options, &texts[1]));
      if (!difference.empty()) return "write: " + difference;
      if (texts[0] != texts[1]) return "written: " + texts[0] + " / " + texts[1];
    }
    const auto* descriptor = compiled_in.GetDescriptor();
    for (int f = 0; f < descriptor->field_count(); ++f) {
      const auto& field = *descriptor->field(f);
      std::string texts[2];
      const std::string difference = Compare(EncodeField(compiled_in, field, {}, &texts[0]),
                                             EncodeField(dynamic, field, {}, &texts[1]));
      if (!difference.empty()) return "write field: " + difference;
      if (texts[0] != texts[1]) return "written field: " + texts[0] + " / " + texts[1];
    }
    return "";
  }

  mutable google::protobuf::DynamicMessageFactory factory_;
  const Message& compiled_in_;
  const Message& dynamic_;
};

}  // namespace kratos::json::test
