#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "codec/codec_error.h"
#include "form/scalar_text.h"
#include "kratos/codec/codec.h"
#include "kratos/errors/errors.h"
#include "kratos/form/form.h"

namespace kratos::codec {
namespace {

namespace pb = ::google::protobuf;

constexpr char kName[] = "x-www-form-urlencoded";

/// A body is limited by its bytes; this only bounds what a pair costs on top.
constexpr std::size_t kMaxPairs = 100'000;

/// A message whose fields are the names of the form. Any other field is a form that holds this
/// field only.
bool HasOwnNames(const pb::FieldDescriptor& field) {
  return !field.is_repeated() && !form::internal::HasTextForm(field);
}

std::vector<form::FieldPath> AllBut(const pb::FieldDescriptor& field) {
  std::vector<form::FieldPath> others;
  const pb::Descriptor& message = *field.containing_type();
  for (int i = 0; i < message.field_count(); ++i) {
    if (message.field(i) != &field) others.push_back({message.field(i)});
  }
  return others;
}

class Form final : public Codec {
 public:
  std::string_view name() const override { return kName; }

  Status Encode(const pb::Message& message, const pb::FieldDescriptor* field, const EncodeOptions&,
                std::string* out) const override {
    const bool whole = field == nullptr || HasOwnNames(*field);
    auto pairs = whole ? form::ToPairs(field == nullptr
                                           ? message
                                           : message.GetReflection()->GetMessage(message, field))
                       : form::ToPairs(message, AllBut(*field));
    if (!pairs.ok()) return internal::EncodeError(kName, pairs.status().message());
    *out += form::FormatQuery(*pairs);
    return Status();
  }

  Status Decode(std::string_view text, const pb::FieldDescriptor* field,
                const DecodeOptions& options, pb::Message* message) const override {
    auto pairs = form::ParseQuery(text, kMaxPairs);
    if (!pairs.ok()) return internal::BodyError(pairs.status().message());
    form::BindOptions bind;
    bind.strict = !options.ignore_unknown;
    std::vector<form::FieldPath> others;
    if (field != nullptr && HasOwnNames(*field)) {
      message = message->GetReflection()->MutableMessage(message, field);
    } else if (field != nullptr) {
      others = AllBut(*field);
      bind.bound_elsewhere = &others;
    }
    if (Status status = form::Bind(*pairs, bind, message); !status.ok()) {
      return internal::BodyError(status.message());
    }
    return field == nullptr || HasOwnNames(*field) ? internal::CheckRequired(*message) : Status();
  }
};

}  // namespace

std::shared_ptr<const Codec> FormCodec() { return std::make_shared<Form>(); }

}  // namespace kratos::codec
