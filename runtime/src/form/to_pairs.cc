// Messages as pairs, written so that Go Kratos reads them: JSON names, nested names dotted, lists
// as repeated names, maps as `m[key]`.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>

#include "form/field_path.h"
#include "form/scalar_text.h"
#include "kratos/form/form.h"
#include "kratos/json/internal/text.h"

namespace kratos::form {
namespace {

namespace pb = ::google::protobuf;
using internal::Fault;
using internal::HasTextForm;

bool IsValue(const pb::Descriptor& message) {
  return message.well_known_type() == pb::Descriptor::WELLKNOWNTYPE_VALUE;
}

/// Go has no text for these as a whole, but reads their fields.
bool GoesByFields(const pb::Descriptor& message) {
  return IsValue(message) || message.well_known_type() == pb::Descriptor::WELLKNOWNTYPE_ANY;
}

bool IsEmptyType(const pb::FieldDescriptor& field) {
  return field.message_type() != nullptr &&
         field.message_type()->full_name() == "google.protobuf.Empty";
}

class Writer {
 public:
  Writer(const std::vector<FieldPath>& except, std::vector<Pair>* pairs)
      : except_(except), pairs_(pairs) {}

  Status Run(const pb::Message& message, int depth) {
    if (depth > internal::kMaxDepth) return Fail("nested too deep for a query");
    std::vector<const pb::FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const auto* field : fields) {
      path_.push_back(field);
      const std::size_t length = name_.size();
      if (length > 0) name_ += '.';
      name_ += internal::KeyName(*field);
      if (std::find(except_.begin(), except_.end(), path_) == except_.end()) {
        if (field->is_repeated() && depth == internal::kMaxDepth) {
          return Fail("nested too deep for a query");
        }
        Status status = field->is_map()        ? Map(*field, message, depth + 1)
                        : field->is_repeated() ? List(*field, message, depth + 1)
                                               : Singular(*field, message, depth);
        if (!status.ok()) return status;
      }
      name_.resize(length);
      path_.pop_back();
    }
    return Status();
  }

 private:
  Status Fail(std::string_view what) const { return internal::FieldError(name_, what); }

  Status Add(const pb::FieldDescriptor& field, const pb::Message& message, int index) {
    std::string text;
    if (Fault fault = internal::WriteText(field, message, index, &text)) return Fail(*fault);
    pairs_->emplace_back(name_, std::move(text));
    return Status();
  }

  Status Singular(const pb::FieldDescriptor& field, const pb::Message& message, int depth) {
    if (HasTextForm(field) &&
        (field.message_type() == nullptr || !GoesByFields(*field.message_type()))) {
      // An empty sub-message is not sent.
      return IsEmptyType(field) ? Status() : Add(field, message, 0);
    }
    const pb::Message& part = message.GetReflection()->GetMessage(message, &field);
    // It would be sent as not there at all.
    if (IsValue(*part.GetDescriptor()) &&
        !part.GetReflection()->HasOneof(part, part.GetDescriptor()->oneof_decl(0))) {
      return Fail("is a Value without a kind");
    }
    return Run(part, depth + 1);
  }

  Status List(const pb::FieldDescriptor& field, const pb::Message& message, int depth) {
    const pb::Reflection& reflection = *message.GetReflection();
    const bool by_text = HasTextForm(field) && (field.message_type() == nullptr ||
                                                field.message_type()->well_known_type() !=
                                                    pb::Descriptor::WELLKNOWNTYPE_ANY);
    const std::size_t length = name_.size();
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      Status status;
      if (by_text) {
        status = Add(field, message, i);
      } else {
        name_ += '[' + std::to_string(i) + ']';
        status = Element(reflection.GetRepeatedMessage(message, &field, i), depth);
        name_.resize(length);
      }
      if (!status.ok()) return status;
    }
    return Status();
  }

  Status Map(const pb::FieldDescriptor& field, const pb::Message& message, int depth) {
    const pb::Reflection& reflection = *message.GetReflection();
    const pb::FieldDescriptor& key_field = *field.message_type()->FindFieldByNumber(1);
    const pb::FieldDescriptor& value_field = *field.message_type()->FindFieldByNumber(2);
    const pb::Descriptor* value_type = value_field.message_type();
    const std::size_t length = name_.size();
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      const pb::Message& entry = reflection.GetRepeatedMessage(message, &field, i);
      std::string key;
      if (Fault fault = internal::WriteText(key_field, entry, 0, &key)) return Fail(*fault);
      // The bracket that ends the key is the first before '.' or the end (form/resolve_key.cc).
      if (value_type != nullptr && key.find("].") != std::string::npos) {
        return Fail("key \"" + json::internal::Excerpt(key) + "\" cannot be written in a query");
      }
      name_ += '[' + key + ']';
      Status status;
      if (HasTextForm(value_field) &&
          (value_type == nullptr ||
           value_type->well_known_type() != pb::Descriptor::WELLKNOWNTYPE_ANY)) {
        status = Add(value_field, entry, 0);
      } else {
        status = Element(entry.GetReflection()->GetMessage(entry, &value_field), depth);
      }
      if (!status.ok()) return status;
      name_.resize(length);
    }
    return Status();
  }

  /// An element or a map's value by its fields; without any it is `items[0]=`, or its index would
  /// be a gap.
  Status Element(const pb::Message& element, int depth) {
    const std::size_t before = pairs_->size();
    path_.push_back(nullptr);  // no `except` path leads through a list
    Status status = Run(element, depth + 1);
    path_.pop_back();
    if (status.ok() && pairs_->size() == before) {
      pairs_->emplace_back(name_, HasTextForm(*element.GetDescriptor()) ? "{}" : "");
    }
    return status;
  }

  const std::vector<FieldPath>& except_;
  std::vector<Pair>* pairs_;
  FieldPath path_;
  std::string name_;
};

}  // namespace

Result<std::vector<Pair>> ToPairs(const pb::Message& message,
                                  const std::vector<FieldPath>& except) {
  std::vector<Pair> pairs;
  if (Status status = Writer(except, &pairs).Run(message, 1); !status.ok()) return status;
  // Stable: the elements of a list keep their order.
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const Pair& a, const Pair& b) { return a.first < b.first; });
  return pairs;
}

}  // namespace kratos::form
