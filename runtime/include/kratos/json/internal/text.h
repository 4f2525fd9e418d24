// The text forms of scalars and well-known types in proto3 JSON, on plain types: what the JSON
// codec and the query and path binder have in common. Makes no promises to users.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kratos::json::internal {

/// Outcome of reading a number.
enum class NumberStatus : std::uint8_t {
  kOk,
  kSyntax,      ///< not a number
  kOutOfRange,  ///< a number the type cannot hold
  kNotWhole,    ///< a fraction where a whole number is needed
};

/// What may stand around the digits. `kJson`: exactly a JSON number. `kText`: additionally a
/// leading `+`, leading zeros, and `nan`, `inf`, `infinity` in any case (floating point only).
enum class NumberSyntax : std::uint8_t { kJson, kText };

/// Read the whole of `text`; white space is an error. Integers may be written `1.0` or `1e2` when
/// the value is whole, and are exact over the full 64 bits. `*value` is untouched unless kOk.
NumberStatus ParseInt32(std::string_view text, NumberSyntax syntax, std::int32_t* value);
NumberStatus ParseInt64(std::string_view text, NumberSyntax syntax, std::int64_t* value);
NumberStatus ParseUint32(std::string_view text, NumberSyntax syntax, std::uint32_t* value);
NumberStatus ParseUint64(std::string_view text, NumberSyntax syntax, std::uint64_t* value);

/// Correctly rounded. `NaN`, `Infinity` and `-Infinity` are read in both syntaxes (the caller tells
/// quoted from bare). Too small to represent gives zero, too large kOutOfRange.
NumberStatus ParseFloat(std::string_view text, NumberSyntax syntax, float* value);
NumberStatus ParseDouble(std::string_view text, NumberSyntax syntax, double* value);

/// The length of the JSON number `text` begins with; 0 when there is none.
std::size_t JsonNumberLength(std::string_view text);

/// Append the shortest text that reads back as the same value: 0.1f gives `0.1`, 1e21 gives
/// `1e+21`, -0.0 gives `-0`; without quotes `NaN`, `Infinity`, `-Infinity`.
void FormatFloat(float value, std::string* out);
void FormatDouble(double value, std::string* out);
void FormatInt64(std::int64_t value, std::string* out);
void FormatUint64(std::uint64_t value, std::string* out);

/// Appends standard padded base64 (RFC 4648, section 4).
void Base64Encode(std::string_view bytes, std::string* out);

/// Appends the bytes `text` stands for. Reads the standard and the URL-safe alphabet (not both in
/// one text), padded or not; false for anything else, white space included, and `out` is then as it
/// was.
bool Base64Decode(std::string_view text, std::string* out);

/// Appends `2006-01-02T15:04:05Z` with 0, 3, 6 or 9 digits of fraction. False, appending nothing,
/// outside years 1 to 9999 or nanos 0 to 999,999,999.
bool FormatTimestamp(std::int64_t seconds, std::int32_t nanos, std::string* out);

/// Reads RFC 3339 with `Z` or an offset, at most nine digits of fraction, years 1 to 9999 (after
/// applying the offset).
bool ParseTimestamp(std::string_view text, std::int64_t* seconds, std::int32_t* nanos);

/// Appends `1.500s`: 0, 3, 6 or 9 digits of fraction. False, appending nothing, when outside
/// +-315,576,000,000 s or when the signs of seconds and nanos differ.
bool FormatDuration(std::int64_t seconds, std::int32_t nanos, std::string* out);

/// Reads `1.5s`, at most nine digits of fraction.
bool ParseDuration(std::string_view text, std::int64_t* seconds, std::int32_t* nanos);

/// Which spellings a mask's paths may have. Proto3 JSON knows camelCase only.
enum class MaskSpelling : std::uint8_t { kCamelOnly, kCamelOrSnake };

/// Appends the paths (`user_name,a.b`, in proto spelling) of a comma-separated mask to `paths`;
/// empty text has none. False for empty paths and for characters that no field name has; `paths`
/// may then have grown.
bool ParseFieldMask(std::string_view text, MaskSpelling spelling, std::vector<std::string>* paths);

/// Appends `path` in camelCase. False, appending nothing, when reading it back would not give
/// `path`.
bool FormatMaskPath(std::string_view path, std::string* out);

/// Whether `text` is UTF-8: no surrogates, no overlong forms, nothing past U+10FFFF.
bool IsValidUtf8(std::string_view text);

/// Whether `text` is one JSON value, however deep. Takes no stack for the depth.
bool IsJson(std::string_view text);

/// Appends `text`, which must be UTF-8, as a quoted JSON string.
void AppendQuoted(std::string_view text, std::string* out);

/// `text` cut to a length fit for an error message, at a UTF-8 boundary.
std::string Excerpt(std::string_view text);

}  // namespace kratos::json::internal
