// Reads the input as JSON into a message with every kind of field; what was read must survive being
// written and read again, in every style.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "json_test.pb.h"
#include "json_test_proto2.pb.h"
#include "kratos/json/json.h"

namespace {

using kratos::json::DecodeOptions;
using kratos::json::EncodeOptions;

[[noreturn]] void Fault() { std::abort(); }

// Written with maps in order of their keys, so that equal messages give equal text.
template <typename Message>
std::string Write(const Message& message, const EncodeOptions& options) {
  std::string text;
  // Read from JSON, so JSON can express it.
  if (kratos::json::Encode(message, options, &text)) Fault();
  return text;
}

template <typename Message>
void RoundTrip(std::string_view text) {
  Message message;
  DecodeOptions decode;
  decode.go_struct_shapes = true;
  if (const auto error = kratos::json::Decode(text, decode, &message)) {
    if (error->offset > text.size() || error->message.empty()) Fault();
    return;
  }
  EncodeOptions style;
  style.emit_unpopulated = false;
  const std::string written = Write(message, style);

  DecodeOptions strict;
  strict.ignore_unknown = false;
  for (const bool other : {false, true}) {
    EncodeOptions styled = style;
    styled.proto_names = other;
    styled.enum_numbers = other;
    styled.int64_numbers = other;
    styled.indent = other ? 2 : 0;
    Message again;
    if (kratos::json::Decode(Write(message, styled), strict, &again)) Fault();
    if (Write(again, style) != written) Fault();
  }
  // Unset fields add text, but only what can be read.
  Message full;
  if (kratos::json::Decode(Write(message, EncodeOptions()), strict, &full)) Fault();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  RoundTrip<kratos::json::test::Everything>(text);
  RoundTrip<kratos::json::test::Node>(text);
  RoundTrip<kratos::json::test::Old>(text);
  return 0;
}
