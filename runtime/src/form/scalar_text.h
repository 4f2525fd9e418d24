// One value as text: scalars, enums, and the well-known types that have a text form.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace kratos::form::internal {

/// What is wrong with a value, without the field's name; nothing when all is well.
using Fault = std::optional<std::string>;

/// True for the well-known types that one text can stand for: wrappers, Timestamp, Duration,
/// FieldMask, Struct, Value, ListValue, Any and Empty.
bool HasTextForm(const google::protobuf::Descriptor& message);

/// True when the field's value (a list's element) is a scalar or a message with a text form.
bool HasTextForm(const google::protobuf::FieldDescriptor& field);

/// Sets a singular field, replacing what is there, or appends to a list. `max_depth` bounds JSON
/// text.
Fault ReadText(const google::protobuf::FieldDescriptor& field, std::string_view text, int max_depth,
               google::protobuf::Message* message);

/// Appends the text of a singular field, or of a list's element `index`, to `out`.
Fault WriteText(const google::protobuf::FieldDescriptor& field,
                const google::protobuf::Message& message, int index, std::string* out);

/// Rewrites the text of a map's key as WriteText has it: `01`, `+1` and `1` are one key.
Fault CanonicalizeKey(const google::protobuf::FieldDescriptor& key_field, std::string* key);

/// As ReadText and WriteText, for a message that has a text form, by itself. `message` is empty on
/// entry.
Fault ReadWellKnown(std::string_view text, int max_depth, google::protobuf::Message* message);
Fault WriteWellKnown(const google::protobuf::Message& message, std::string* out);

}  // namespace kratos::form::internal
