#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "errors/errors.pb.h"
#include "model/model.h"

namespace kratos::plugin::errors {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FileDescriptor;

/// The value of an int32 option, if it is set.
template <class Options, class Extension>
std::optional<int> FindCode(const Options& options, const Extension& extension) {
  if (options.HasExtension(extension)) return options.GetExtension(extension);
  // Options that were built by another pool, or against another copy of errors.proto, leave the
  // bytes unread.
  std::optional<int> code;
  const auto& unknown = options.GetReflection()->GetUnknownFields(options);
  for (int i = 0; i < unknown.field_count(); ++i) {
    const google::protobuf::UnknownField& field = unknown.field(i);
    if (field.number() != extension.number()) continue;
    if (field.type() != google::protobuf::UnknownField::TYPE_VARINT) continue;
    code = static_cast<int>(field.varint());
  }
  return code;
}

class Reader {
 public:
  Reader(const FileDescriptor& file, std::vector<Value>* values) : file_(file), values_(values) {}

  void ReadFile() {
    for (int i = 0; i < file_.enum_type_count(); ++i)
      ReadEnum(*file_.enum_type(i), {kFileEnumField, i});
    for (int i = 0; i < file_.message_type_count(); ++i)
      ReadMessage(*file_.message_type(i), {kFileMessageField, i});
  }

 private:
  void ReadMessage(const Descriptor& message, const std::vector<int>& path) {
    for (int i = 0; i < message.enum_type_count(); ++i)
      ReadEnum(*message.enum_type(i), Below(path, kMessageEnumField, i));
    for (int i = 0; i < message.nested_type_count(); ++i)
      ReadMessage(*message.nested_type(i), Below(path, kMessageNestedField, i));
  }

  void ReadEnum(const EnumDescriptor& type, const std::vector<int>& path) {
    const std::optional<int> by_default = FindCode(type.options(), ::errors::default_code);
    std::vector<Value> values;
    bool about_errors = by_default.value_or(0) != 0;
    for (int i = 0; i < type.value_count(); ++i) {
      values.push_back(ReadValue(*type.value(i), Below(path, kEnumValueField, i)));
      Value& value = values.back();
      about_errors = about_errors || value.is_explicit;
      // As in Kratos a code of 0 asks for the default.
      if (value.code != 0 || !by_default) continue;
      value.code = *by_default;
      value.is_default = true;
      value.code_at =
          FindLocation(file_, Below(path, kEnumOptionsField, ::errors::default_code.number()));
    }
    if (!about_errors) return;
    values_->insert(values_->end(), std::make_move_iterator(values.begin()),
                    std::make_move_iterator(values.end()));
  }

  Value ReadValue(const EnumValueDescriptor& from, const std::vector<int>& path) const {
    const std::optional<int> code = FindCode(from.options(), ::errors::code);
    Value value;
    value.name = from.name();
    value.local_name = LocalName(from);
    value.code = code.value_or(0);
    value.is_explicit = code.has_value();
    value.is_zero = from.number() == 0;
    value.deprecated = from.options().deprecated();
    value.comments = FindComments(file_, path);
    value.at = FindLocation(file_, path);
    value.code_at =
        FindLocation(file_, Below(path, kEnumValueOptionsField, ::errors::code.number()));
    value.camel = CamelCase(value.name);
    return value;
  }

  static std::string LocalName(const EnumValueDescriptor& value) {
    std::string type(value.type()->full_name());
    const std::string package(value.file()->package());
    if (!package.empty()) type.erase(0, package.size() + 1);
    return type + '.' + std::string(value.name());
  }

  static std::vector<int> Below(std::vector<int> path, int field, int index) {
    path.push_back(field);
    path.push_back(index);
    return path;
  }

  const FileDescriptor& file_;
  std::vector<Value>* values_;
};

std::vector<Value> ReadValues(const FileDescriptor& file) {
  std::vector<Value> values;
  Reader(file, &values).ReadFile();
  return values;
}

}  // namespace

File BuildModel(const FileDescriptor& file) {
  File out;
  out.path = file.name();
  out.package = file.package();
  out.values = ReadValues(file);
  out.taken_names = DeclaredNames(file);
  ForEachFileOfPackage(file, [&](const FileDescriptor& part) {
    if (&part == &file) return;
    for (const Value& value : ReadValues(part)) {
      if (value.code == 0) continue;
      out.taken_names.insert("Is" + value.camel);
      out.taken_names.insert("Error" + value.camel);
    }
  });
  return out;
}

std::string CamelCase(const std::string& name) {
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto to_lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  std::string out;
  std::size_t begin = 0;
  while (begin <= name.size()) {
    const std::size_t end = std::min(name.find('_', begin), name.size());
    std::string word = name.substr(begin, end - begin);
    if (std::none_of(word.begin(), word.end(), is_lower))
      std::transform(word.begin(), word.end(), word.begin(), to_lower);
    if (!word.empty() && is_lower(word.front()))
      word.front() = static_cast<char>(word.front() - 'a' + 'A');
    out += word;
    begin = end + 1;
  }
  return out;
}

}  // namespace kratos::plugin::errors
