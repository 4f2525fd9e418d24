#include "codec/codec_error.h"
#include "codec/xml.h"
#include "kratos/codec/codec.h"

namespace kratos::codec {
namespace {

class Xml final : public Codec {
 public:
  std::string_view name() const override { return "xml"; }

  Status Encode(const google::protobuf::Message& message,
                const google::protobuf::FieldDescriptor* field, const EncodeOptions& options,
                std::string* out) const override {
    const std::size_t before = out->size();
    if (auto fault = internal::WriteXml(message, field, options, out)) {
      out->resize(before);
      return internal::EncodeError(name(), std::move(*fault));
    }
    return Status();
  }

  Status Decode(std::string_view text, const google::protobuf::FieldDescriptor* field,
                const DecodeOptions& options, google::protobuf::Message* message) const override {
    return internal::ReadXml(text, field, options, message);
  }
};

}  // namespace

std::shared_ptr<const Codec> XmlCodec() { return std::make_shared<Xml>(); }

}  // namespace kratos::codec
