#include <google/protobuf/message.h>

#include "codec/codec_error.h"
#include "codec/yaml.h"
#include "kratos/codec/codec.h"

namespace kratos::codec {
namespace {

class Yaml final : public Codec {
 public:
  std::string_view name() const override { return "yaml"; }

  Status Encode(const google::protobuf::Message& message,
                const google::protobuf::FieldDescriptor* field, const EncodeOptions& options,
                std::string* out) const override {
    std::string text;
    EncodeOptions one_line = options;
    one_line.indent = 0;
    const auto error = field == nullptr ? json::Encode(message, one_line, &text)
                                        : json::EncodeField(message, *field, one_line, &text);
    if (error) return internal::EncodeError(name(), error->path + ": " + error->message);
    internal::JsonToYaml(text, out);
    return Status();
  }

  Status Decode(std::string_view text, const google::protobuf::FieldDescriptor* field,
                const DecodeOptions& options, google::protobuf::Message* message) const override {
    internal::JsonFromYaml translated;
    if (Status status = internal::YamlToJson(text, *message->GetDescriptor(), field,
                                             options.max_depth, &translated);
        !status.ok()) {
      return status;
    }
    const auto error = field == nullptr
                           ? json::Decode(translated.json, options, message)
                           : json::DecodeField(translated.json, *field, options, message);
    if (!error) return Status();
    return internal::BodyError((error->path.empty() ? "" : error->path + ": ") + error->message +
                               internal::Describe(translated.Find(error->offset)));
  }
};

}  // namespace

std::shared_ptr<const Codec> YamlCodec() { return std::make_shared<Yaml>(); }

}  // namespace kratos::codec
