// Percent-encoding of URL parts (RFC 3986, section 2.1).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kratos::route {

/// What was wrong with text to be decoded.
enum class DecodeError : std::uint8_t {
  kNone,
  kBadEscape,    ///< '%' not followed by two hexadecimal digits
  kInvalidUtf8,  ///< the decoded bytes are not UTF-8
};

/// Appends `value` to `out` with all but the unreserved `-_.~0-9a-zA-Z` percent-encoded (upper-case
/// hex). With `keep_slash`, '/' stays as it is, and so does the sequence %2F/%2f: a multi-segment
/// value that came in with an encoded slash goes out the same way.
void AppendEncoded(std::string_view value, bool keep_slash, std::string* out);

/// Decodes all escapes of one path segment into `*out`, replacing what it holds; after an error its
/// content is unspecified. '+' is an ordinary character, %00 a byte like others. The same goes for
/// the functions below.
DecodeError DecodeSegment(std::string_view raw, std::string* out);

/// Decodes a value that spans segments: as DecodeSegment, but %2F and %2f stay as sent
/// (google/api/http.proto).
DecodeError DecodeSegments(std::string_view raw, std::string* out);

/// Decodes one name or value of a query or a form body: '+' is a space.
DecodeError DecodeQueryComponent(std::string_view raw, std::string* out);

/// Appends `value` encoded for a query: space becomes '+', everything but `-_.~0-9a-zA-Z` is
/// escaped.
void AppendQueryComponent(std::string_view value, std::string* out);

/// True when `text` is well-formed UTF-8 (no overlong forms, no surrogates).
bool IsValidUtf8(std::string_view text);

}  // namespace kratos::route
