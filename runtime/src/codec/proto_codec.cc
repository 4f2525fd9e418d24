#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <limits>

#include "codec/codec_error.h"
#include "kratos/codec/codec.h"

namespace kratos::codec {
namespace {

namespace pb = ::google::protobuf;

constexpr char kName[] = "proto";

bool IsSingularMessage(const pb::FieldDescriptor& field) {
  return !field.is_repeated() && field.message_type() != nullptr;
}

/// Skips what follows `tag`, groups included. False when the bytes are broken.
bool SkipField(pb::io::CodedInputStream* input, std::uint32_t tag) {
  std::vector<std::uint32_t> groups;  // not recursive: a hostile body may nest groups only
  while (true) {
    switch (tag & 7) {
      case 0: {
        std::uint64_t ignored = 0;
        if (!input->ReadVarint64(&ignored)) return false;
        break;
      }
      case 1:
        if (!input->Skip(8)) return false;
        break;
      case 2: {
        std::uint32_t length = 0;
        if (!input->ReadVarint32(&length) || length > std::numeric_limits<int>::max() ||
            !input->Skip(static_cast<int>(length))) {
          return false;
        }
        break;
      }
      case 3:
        groups.push_back(tag >> 3);
        break;
      case 4:
        if (groups.empty() || groups.back() != tag >> 3) return false;
        groups.pop_back();
        break;
      case 5:
        if (!input->Skip(4)) return false;
        break;
      default:
        return false;
    }
    if (groups.empty()) return true;
    tag = input->ReadTag();
    if (tag == 0) return false;
  }
}

/// The parts of an encoded message that belong to field `number`: a message with this field alone.
/// False when the bytes are broken.
bool KeepField(std::string_view bytes, int number, std::string* out) {
  pb::io::CodedInputStream input(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                 static_cast<int>(bytes.size()));
  while (true) {
    const int start = input.CurrentPosition();
    const std::uint32_t tag = input.ReadTag();
    if (tag == 0) return input.ConsumedEntireMessage();
    if ((tag & 7) == 4 || !SkipField(&input, tag)) return false;
    if (static_cast<int>(tag >> 3) == number) {
      out->append(bytes.substr(static_cast<std::size_t>(start),
                               static_cast<std::size_t>(input.CurrentPosition() - start)));
    }
  }
}

Status Broken(const pb::Message& message) {
  return internal::BodyError("not the binary form of " +
                             std::string(message.GetDescriptor()->full_name()));
}

Status Merge(std::string_view bytes, int max_depth, pb::Message* message) {
  if (bytes.size() > std::numeric_limits<int>::max()) return Broken(*message);
  pb::io::CodedInputStream input(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                 static_cast<int>(bytes.size()));
  input.SetRecursionLimit(max_depth);
  if (!message->MergePartialFromCodedStream(&input) || !input.ConsumedEntireMessage()) {
    return Broken(*message);
  }
  return Status();
}

/// Binary protobuf has no form for a scalar, list or map alone: such a field travels as a message
/// of the type it belongs to, with nothing else set.
class Proto final : public Codec {
 public:
  std::string_view name() const override { return kName; }

  Status Encode(const pb::Message& message, const pb::FieldDescriptor* field, const EncodeOptions&,
                std::string* out) const override {
    const std::size_t before = out->size();
    bool done = false;
    if (field == nullptr || IsSingularMessage(*field)) {
      const pb::Message& whole =
          field == nullptr ? message : message.GetReflection()->GetMessage(message, field);
      if (!whole.IsInitialized()) {
        return internal::EncodeError(
            kName, "required fields are missing: " + whole.InitializationErrorString());
      }
      done = whole.AppendPartialToString(out);
    } else {
      std::string all;
      done = message.AppendPartialToString(&all) && KeepField(all, field->number(), out);
    }
    if (done) return Status();
    out->resize(before);
    return internal::EncodeError(kName, "larger than 2 GiB");
  }

  Status Decode(std::string_view text, const pb::FieldDescriptor* field,
                const DecodeOptions& options, pb::Message* message) const override {
    if (field == nullptr || IsSingularMessage(*field)) {
      pb::Message* whole =
          field == nullptr ? message : message->GetReflection()->MutableMessage(message, field);
      Status status = Merge(text, options.max_depth, whole);
      return status.ok() ? internal::CheckRequired(*whole) : status;
    }
    std::string kept;
    if (text.size() > std::numeric_limits<int>::max() || !KeepField(text, field->number(), &kept)) {
      return Broken(*message);
    }
    return Merge(kept, options.max_depth, message);
  }
};

}  // namespace

std::shared_ptr<const Codec> ProtoCodec() { return std::make_shared<Proto>(); }

}  // namespace kratos::codec
