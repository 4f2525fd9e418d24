#include "http/stream_marks.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "kratos/errors/errors.h"

namespace kratos::http {

namespace {

// "k:v k2:v2". A value may hold spaces: what has no colon belongs to the value before.
std::map<std::string, std::string> ParsePairs(std::string_view text) {
  std::map<std::string, std::string> pairs;
  std::string* last = nullptr;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    const auto colon = word.find(':');
    if (colon != std::string_view::npos && colon != 0) {
      last = &(pairs[std::string(word.substr(0, colon))] = word.substr(colon + 1));
    } else if (last != nullptr) {
      last->append(" ").append(word);
    }
  }
  return pairs;
}

// Takes `text` apart at its last `mark`; nothing when there is none.
std::optional<std::string_view> TakeLast(std::string_view& text, std::string_view mark) {
  const auto at = text.rfind(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(at + mark.size());
  text = text.substr(0, at);
  return rest;
}

}  // namespace

std::string ErrorText(const Error& error) {
  Error shown(error.code(), error.reason(), error.message());
  return std::move(shown).WithMetadata(error.metadata()).ToString();
}

Error ParseErrorText(std::string_view text) {
  const Error plain = InternalServer("", std::string(text));
  constexpr std::string_view kCode = "error: code = ";
  constexpr std::string_view kReason = " reason = ";
  constexpr std::string_view kMessage = " message = ";
  if (!text.starts_with(kCode)) return plain;
  std::string_view rest = text.substr(kCode.size());
  // From the back: a message may hold anything.
  if (!TakeLast(rest, " cause = ")) return plain;
  const auto pairs = TakeLast(rest, " metadata = map[");
  if (!pairs || !pairs->ends_with(']')) return plain;
  int code = 0;
  const auto [end, failed] = std::from_chars(rest.data(), rest.data() + rest.size(), code);
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  if (failed != std::errc() || !rest.starts_with(kReason)) return plain;
  rest.remove_prefix(kReason.size());
  const auto message = rest.find(kMessage);
  if (message == std::string_view::npos) return plain;
  Error error(code, std::string(rest.substr(0, message)),
              std::string(rest.substr(message + kMessage.size())));
  return std::move(error).WithMetadata(ParsePairs(pairs->substr(0, pairs->size() - 1)));
}

std::string_view CutUtf8(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  // 10xxxxxx continues a character.
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  return text.substr(0, most);
}

}  // namespace kratos::http
