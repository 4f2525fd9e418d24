#include "kratos/json/internal/text.h"

namespace kratos::json::internal {
namespace {

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// One path in proto spelling; false when it is not one.
bool ToSnake(std::string_view path, MaskSpelling spelling, std::string* out) {
  bool at_name_start = true;
  for (const char c : path) {
    if (c == '.') {
      if (at_name_start) return false;
      at_name_start = true;
      out->push_back(c);
      continue;
    }
    if (IsUpper(c)) {
      out->push_back('_');
      out->push_back(static_cast<char>(c - 'A' + 'a'));
    } else if (IsLower(c) || (IsDigit(c) && !at_name_start) ||
               (c == '_' && spelling == MaskSpelling::kCamelOrSnake)) {
      out->push_back(c);
    } else {
      return false;
    }
    at_name_start = false;
  }
  return !at_name_start;
}

}  // namespace

bool ParseFieldMask(std::string_view text, MaskSpelling spelling, std::vector<std::string>* paths) {
  if (text.empty()) return true;
  for (;;) {
    const std::size_t comma = text.find(',');
    std::string path;
    if (!ToSnake(text.substr(0, comma), spelling, &path)) return false;
    paths->push_back(std::move(path));
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

bool FormatMaskPath(std::string_view path, std::string* out) {
  const std::size_t begin = out->size();
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '_') {
      out->push_back(path[i]);
      continue;
    }
    // An underscore survives only as the capital that follows it.
    if (++i == path.size() || !IsLower(path[i])) {
      out->resize(begin);
      return false;
    }
    out->push_back(static_cast<char>(path[i] - 'a' + 'A'));
  }
  std::string again;
  if (!ToSnake(std::string_view(*out).substr(begin), MaskSpelling::kCamelOnly, &again) ||
      again != path) {
    out->resize(begin);
    return false;
  }
  return true;
}

}  // namespace kratos::json::internal
