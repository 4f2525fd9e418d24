// Field names and values as text: query strings, path variables and form bodies to messages, and
// back.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kratos/errors/status.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace kratos::form {

/// A decoded name and value.
using Pair = std::pair<std::string, std::string>;

/// A field reached from a message through singular messages; outermost first, never empty.
using FieldPath = std::vector<const google::protobuf::FieldDescriptor*>;

/// Resolves "book.name": each component by proto name, then JSON name. An error names the component
/// that is no field.
Result<FieldPath> ResolveFieldPath(const google::protobuf::Descriptor& descriptor,
                                   std::string_view dotted);

struct BindOptions {
  /// A name that is no field, or that names a field bound elsewhere, is a 400 instead of being
  /// ignored. Default: off.
  bool strict = false;
  /// Fields bound elsewhere (path variables, the body): they and everything inside them are left
  /// alone. Not owned; may be null.
  const std::vector<FieldPath>* bound_elsewhere = nullptr;
  /// Largest index of a list of messages, `items[999].name`. Default 999.
  std::size_t max_index = 999;
};

/// Splits `a=1&b=2` and decodes names and values ('+' is a space, ';' an ordinary character). A
/// malformed escape, invalid UTF-8 or more than `max_pairs` pairs is a 400 CODEC.
Result<std::vector<Pair>> ParseQuery(std::string_view query, std::size_t max_pairs = 1000);

/// Sets fields of `message` from `pairs` (docs/reference/query-binding.md has the grammar). Errors
/// are 400 CODEC and name the field.
Status Bind(const std::vector<Pair>& pairs, const BindOptions& options,
            google::protobuf::Message* message);

/// Sets the one field at `path` from text, as a path variable does: replaces what is there.
Status BindValue(const FieldPath& path, std::string_view text, google::protobuf::Message* message);

/// The field's value as text, as a path variable needs it: what BindValue reads back. "" when it is
/// not set.
Result<std::string> FormatValue(const FieldPath& path, const google::protobuf::Message& message);

/// The populated fields of `message` as pairs, sorted by name, JSON names, in the form Go Kratos
/// reads; `except` fields and everything inside them are left out. Fails with 400 CODEC for what
/// text cannot carry (NaN in Struct and the like).
Result<std::vector<Pair>> ToPairs(const google::protobuf::Message& message,
                                  const std::vector<FieldPath>& except = {});

/// "a=1&b=2", encoded.
std::string FormatQuery(const std::vector<Pair>& pairs);

}  // namespace kratos::form
