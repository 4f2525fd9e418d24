// proto3 JSON (https://protobuf.dev/programming-guides/json/) for any protobuf message: by
// accessors where generated code has registered them (kratos/json/access.h), else by reflection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace google::protobuf {
class Descriptor;
class DescriptorPool;
class FieldDescriptor;
class Message;
class MessageFactory;
}  // namespace google::protobuf

namespace kratos::json {

/// How messages are written. The default is what Kratos and grpc-gateway clients rely on: unset
/// fields appear.
struct EncodeOptions {
  /// Fields that are not set appear as zero, "", [], {} and, for messages, null; members of oneofs
  /// and `optional` fields never do. Default: on.
  bool emit_unpopulated = true;
  /// `user_id` instead of `userId`. Default: off.
  bool proto_names = false;
  /// Enums by number. Default: by name (undefined numbers always as number).
  bool enum_numbers = false;
  /// 64-bit integers as JSON numbers. Default: as strings, as the mapping says.
  bool int64_numbers = false;
  /// Spaces a level of indentation; 0 writes one line. Range 0..8.
  int indent = 0;

  bool operator==(const EncodeOptions&) const = default;
};

/// How messages are read. JSON and proto names, numbers or strings for 64-bit, names or numbers for
/// enums are always read.
struct DecodeOptions {
  /// Unknown fields and unknown enum names are skipped. Off: they are errors. Default: on.
  bool ignore_unknown = true;
  /// Also reads the Go-struct shapes of Timestamp and Duration (`{"seconds":1,"nanos":2}`).
  /// Default: off.
  bool go_struct_shapes = false;
  /// Deepest nesting read; Any, Struct, Value and ListValue share the counter. An empty list or map
  /// of a message may stand one level deeper: Encode adds those that are not set. Default 100.
  int max_depth = 100;
  /// When not null, receives the deepest field paths present in the text (proto names, dotted;
  /// lists, maps and well-known types are leaves; a null counts, an unknown key does not): what a
  /// PATCH without a mask means.
  std::vector<std::string>* present_paths = nullptr;
};

/// What kind of fault it was; stable codes.
enum class ErrorCode : std::uint8_t {
  kSyntax,          ///< not JSON
  kInvalidUtf8,     ///< a string is not UTF-8, or an escape is half a surrogate pair
  kTooDeep,         ///< nested deeper than max_depth
  kWrongType,       ///< a JSON type that the field cannot take
  kOutOfRange,      ///< a number the field's type cannot hold
  kBadValue,        ///< right JSON type, wrong content: base64, timestamp, duration, mask, type URL
  kUnknownField,    ///< with ignore_unknown off
  kUnknownEnum,     ///< with ignore_unknown off, or an undefined number for a closed enum
  kDuplicateKey,    ///< an object names a field twice
  kDuplicateOneof,  ///< two members of one oneof
  kMissingRequired,  ///< proto2: a required field is not there
  kUnencodable,  ///< encoding: a value proto3 JSON cannot express (Timestamp out of range, Any of
                 ///< unknown type, NaN in Value, bad UTF-8)
};

/// The code's kebab-case name; never empty.
std::string_view ToString(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kSyntax;
  /// Byte offset into the text (decoding only).
  std::size_t offset = 0;
  /// Dotted path to the field in question, "items[3].name"; empty at the top.
  std::string path;
  /// One sentence without path and offset, fit for the peer.
  std::string message;

  /// "items[3].name: expected a number, found a string (at byte 42)".
  std::string Describe() const;
};

/// Appends `message` to `out`. On error `out` is left as it was. Any is resolved through the pool
/// of the message's own descriptor. Thread-safe.
std::optional<Error> Encode(const google::protobuf::Message& message, const EncodeOptions& options,
                            std::string* out);

/// Appends one field's value alone: a message, scalar, list (`[]`) or map (`{}`). A field that is
/// not set gives: message `{}`, `optional` or oneof scalar `null`, other scalars their zero, list
/// `[]`, map `{}`.
std::optional<Error> EncodeField(const google::protobuf::Message& message,
                                 const google::protobuf::FieldDescriptor& field,
                                 const EncodeOptions& options, std::string* out);

/// Reads `text` into `message`, which is merged into, not cleared. A leading byte-order mark is
/// skipped; text that is empty or white space only is a syntax error (callers decide what an empty
/// body means). On error the message may be partly filled.
std::optional<Error> Decode(std::string_view text, const DecodeOptions& options,
                            google::protobuf::Message* message);

/// Reads `text` as the value of one field: message, scalar, list or map. `null` leaves the field
/// unset (except Value).
std::optional<Error> DecodeField(std::string_view text,
                                 const google::protobuf::FieldDescriptor& field,
                                 const DecodeOptions& options, google::protobuf::Message* message);

}  // namespace kratos::json
