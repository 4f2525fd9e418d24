// What the tests of kratos::json share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <google/protobuf/message.h>

#include "kratos/json/json.h"

namespace kratos::json::test {

/// Options of tests that look at what is set.
inline EncodeOptions Sparse() {
  EncodeOptions options;
  options.emit_unpopulated = false;
  return options;
}

inline DecodeOptions Strict() {
  DecodeOptions options;
  options.ignore_unknown = false;
  return options;
}

/// "path code" of the error, or "" for none.
inline std::string Summary(const std::optional<Error>& error) {
  if (!error) return "";
  return error->path + " " + std::string(ToString(error->code));
}

/// The text, or "error: " and what went wrong.
inline std::string Print(const google::protobuf::Message& message,
                         const EncodeOptions& options = Sparse()) {
  std::string text;
  if (const auto error = Encode(message, options, &text)) return "error: " + error->Describe();
  return text;
}

/// Reads and writes again: the text, or "error: " and what went wrong.
template <typename Message>
std::string Reprint(std::string_view text, const DecodeOptions& options = {}) {
  Message message;
  if (const auto error = Decode(text, options, &message)) return "error: " + error->Describe();
  return Print(message);
}

/// `inner` with `open` before and `close` behind it, `times` times over.
inline std::string Nest(std::string_view open, std::string_view inner, std::string_view close,
                        int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += open;
  text += inner;
  for (int i = 0; i < times; ++i) text += close;
  return text;
}

}  // namespace kratos::json::test
