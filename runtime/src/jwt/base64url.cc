#include "jwt/base64url.h"

#include <algorithm>

#include "kratos/json/internal/text.h"

namespace kratos::jwt {

std::string EncodeBase64Url(std::string_view bytes) {
  std::string text;
  json::internal::Base64Encode(bytes, &text);
  while (text.ends_with('=')) text.pop_back();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::optional<std::string> DecodeBase64Url(std::string_view text) {
  std::string bytes;
  if (!json::internal::Base64Decode(text, &bytes) || EncodeBase64Url(bytes) != text)
    return std::nullopt;
  return bytes;
}

}  // namespace kratos::jwt
