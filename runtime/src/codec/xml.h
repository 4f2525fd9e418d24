// The two halves of the XML codec. docs/reference/codecs.md has the mapping.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kratos/codec/codec.h"

namespace kratos::codec::internal {

/// Names that both halves agree on.
inline constexpr char kXmlItem[] = "item";  // of a list that is the whole document
inline constexpr char kXmlEntry[] = "entry";
inline constexpr char kXmlKey[] = "key";
inline constexpr char kXmlValue[] = "value";
inline constexpr char kXmlExtension[] = "extension";  // <extension name="pkg.ext">
inline constexpr char kXmlName[] = "name";

/// Appends the document of `message`, or of one field of it. What went wrong, in words for the log;
/// nothing when all is well.
std::optional<std::string> WriteXml(const google::protobuf::Message& message,
                                    const google::protobuf::FieldDescriptor* field,
                                    const EncodeOptions& options, std::string* out);

/// Reads a document into `message`, or into one field of it.
Status ReadXml(std::string_view text, const google::protobuf::FieldDescriptor* field,
               const DecodeOptions& options, google::protobuf::Message* message);

}  // namespace kratos::codec::internal
