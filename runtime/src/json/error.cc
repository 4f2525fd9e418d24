#include "json/error.h"

namespace kratos::json {

std::string_view ToString(ErrorCode code) {
  switch (code) {
    case ErrorCode::kSyntax:
      return "syntax";
    case ErrorCode::kInvalidUtf8:
      return "invalid-utf8";
    case ErrorCode::kTooDeep:
      return "too-deep";
    case ErrorCode::kWrongType:
      return "wrong-type";
    case ErrorCode::kOutOfRange:
      return "out-of-range";
    case ErrorCode::kBadValue:
      return "bad-value";
    case ErrorCode::kUnknownField:
      return "unknown-field";
    case ErrorCode::kUnknownEnum:
      return "unknown-enum";
    case ErrorCode::kDuplicateKey:
      return "duplicate-key";
    case ErrorCode::kDuplicateOneof:
      return "duplicate-oneof";
    case ErrorCode::kMissingRequired:
      return "missing-required";
    case ErrorCode::kUnencodable:
      return "unencodable";
  }
  return "unknown";
}

std::string Error::Describe() const {
  std::string text;
  if (!path.empty()) text = path + ": ";
  text += message;
  if (code != ErrorCode::kUnencodable) text += " (at byte " + std::to_string(offset) + ")";
  return text;
}

namespace internal {
namespace {

void Prepend(std::string_view step, Error* error) {
  std::string path(step);
  if (!error->path.empty() && error->path.front() != '[') path += '.';
  path += error->path;
  error->path = std::move(path);
}

}  // namespace

void PrependField(std::string_view name, Error* error) { Prepend(name, error); }

void PrependIndex(std::size_t index, Error* error) {
  Prepend("[" + std::to_string(index) + "]", error);
}

void PrependKey(std::string_view key, Error* error) {
  std::string quoted = "[";
  AppendQuoted(Excerpt(key), &quoted);
  Prepend(quoted + "]", error);
}

}  // namespace internal
}  // namespace kratos::json
