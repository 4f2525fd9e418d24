#include <google/protobuf/message.h>

#include "codec/codec_error.h"
#include "kratos/codec/codec.h"

namespace kratos::codec {
namespace {

class Json final : public Codec {
 public:
  explicit Json(std::string name) : name_(std::move(name)) {}

  std::string_view name() const override { return name_; }

  Status Encode(const google::protobuf::Message& message,
                const google::protobuf::FieldDescriptor* field, const EncodeOptions& options,
                std::string* out) const override {
    const auto error = field == nullptr ? json::Encode(message, options, out)
                                        : json::EncodeField(message, *field, options, out);
    if (error) return internal::EncodeError(name_, error->path + ": " + error->message);
    return Status();
  }

  Status Decode(std::string_view text, const google::protobuf::FieldDescriptor* field,
                const DecodeOptions& options, google::protobuf::Message* message) const override {
    const auto error = field == nullptr ? json::Decode(text, options, message)
                                        : json::DecodeField(text, *field, options, message);
    if (error) return internal::BodyError(error->Describe());
    return Status();
  }

 private:
  const std::string name_;
};

}  // namespace

std::shared_ptr<const Codec> JsonCodec(std::string name) {
  return std::make_shared<Json>(std::move(name));
}

}  // namespace kratos::codec
