#include "codec/media_range.h"
#include "kratos/codec/codec.h"
#include "kratos/metadata/metadata.h"
#include "metadata/ascii.h"

namespace kratos::codec {
namespace internal {
namespace {

using kratos::internal::ToLower;
using kratos::internal::Trim;

/// Takes a token or quoted string off the front.
std::optional<std::string> TakeValue(std::string_view* text) {
  std::string value;
  if (text->empty() || text->front() != '"') {
    const std::size_t end = std::min(text->find_first_of("; \t"), text->size());
    value = text->substr(0, end);
    text->remove_prefix(end);
    if (!IsToken(value)) return std::nullopt;
    return value;
  }
  for (std::size_t i = 1; i < text->size(); ++i) {
    char c = (*text)[i];
    if (c == '"') {
      text->remove_prefix(i + 1);
      return value;
    }
    if (c == '\\') {
      if (++i == text->size()) break;
      c = (*text)[i];
    }
    value += c;
  }
  return std::nullopt;
}

}  // namespace

std::optional<MediaType> ParseWithParameters(
    std::string_view text, const std::function<void(std::string_view, std::string)>& parameter) {
  std::size_t end = std::min(text.find(';'), text.size());
  const std::string_view essence = Trim(text.substr(0, end));
  std::string_view rest = text.substr(end);
  const std::size_t slash = essence.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  MediaType media_type{ToLower(essence.substr(0, slash)), ToLower(essence.substr(slash + 1)), ""};
  if (!IsToken(media_type.type) || !IsToken(media_type.subtype)) return std::nullopt;
  while (true) {
    rest = Trim(rest);
    if (rest.empty()) return media_type;
    if (rest.front() != ';') return std::nullopt;
    rest = Trim(rest.substr(1));
    if (rest.empty() || rest.front() == ';') continue;  // RFC 9110 allows empty parameters
    end = rest.find('=');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string name = ToLower(rest.substr(0, end));
    if (!IsToken(name)) return std::nullopt;
    rest.remove_prefix(end + 1);
    auto value = TakeValue(&rest);
    if (!value) return std::nullopt;
    parameter(name, std::move(*value));
  }
}

std::size_t ElementLength(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      quoted = !quoted;
    } else if (quoted && text[i] == '\\') {
      ++i;
    } else if (!quoted && text[i] == ',') {
      return i;
    }
  }
  return text.size();
}

}  // namespace internal

std::optional<MediaType> ParseMediaType(std::string_view text) {
  std::string charset;
  auto media_type =
      internal::ParseWithParameters(text, [&](std::string_view name, std::string value) {
        if (name == "charset") charset = kratos::internal::ToLower(value);
      });
  if (media_type) media_type->charset = std::move(charset);
  return media_type;
}

}  // namespace kratos::codec
