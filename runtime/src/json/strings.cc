#include <rapidjson/writer.h>

#include <array>
#include <cstring>

#include "kratos/json/internal/text.h"

namespace kratos::json::internal {
namespace {

// What rapidjson::Writer writes to.
class StringSink {
 public:
  using Ch = char;
  explicit StringSink(std::string* out) : out_(out) {}
  void Put(char c) { out_->push_back(c); }
  void Flush() {}

 private:
  std::string* out_;
};

bool MustEscape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

bool IsContinuation(unsigned char c) { return (c & 0xC0) == 0x80; }

}  // namespace

bool IsValidUtf8(std::string_view text) {
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  const auto* const end = at + text.size();
  while (at != end) {
    std::uint64_t block = 0;
    if (end - at >= 8 && (std::memcpy(&block, at, 8), (block & 0x8080808080808080U) == 0)) {
      at += 8;
      continue;
    }
    const unsigned char lead = *at;
    if (lead < 0x80) {
      ++at;
    } else if (lead >= 0xC2 && lead <= 0xDF) {
      if (end - at < 2 || !IsContinuation(at[1])) return false;
      at += 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      if (end - at < 3 || !IsContinuation(at[1]) || !IsContinuation(at[2])) return false;
      if (lead == 0xE0 && at[1] < 0xA0) return false;   // overlong
      if (lead == 0xED && at[1] >= 0xA0) return false;  // surrogate
      at += 3;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      if (end - at < 4 || !IsContinuation(at[1]) || !IsContinuation(at[2]) ||
          !IsContinuation(at[3])) {
        return false;
      }
      if (lead == 0xF0 && at[1] < 0x90) return false;   // overlong
      if (lead == 0xF4 && at[1] >= 0x90) return false;  // past U+10FFFF
      at += 4;
    } else {
      return false;
    }
  }
  return true;
}

void AppendQuoted(std::string_view text, std::string* out) {
  // Nearly no string needs an escape: those are copied whole, the others go through the library
  // piece by piece (its lengths are 32 bits wide).
  std::size_t clean = 0;
  while (clean < text.size() && !MustEscape(text[clean])) ++clean;
  if (clean == text.size()) {
    out->push_back('"');
    out->append(text);
    out->push_back('"');
    return;
  }
  constexpr std::size_t kPiece = std::size_t{1} << 20;
  out->push_back('"');
  while (!text.empty()) {
    StringSink sink(out);
    rapidjson::Writer<StringSink> writer(sink);
    const std::string_view piece = text.substr(0, kPiece);
    text.remove_prefix(piece.size());
    const std::size_t quote = out->size();
    writer.String(piece.data(), static_cast<rapidjson::SizeType>(piece.size()));
    out->erase(quote, 1);
    out->pop_back();
  }
  out->push_back('"');
}

std::string Excerpt(std::string_view text) {
  constexpr std::size_t kLongest = 48;
  if (text.size() <= kLongest) return std::string(text);
  std::size_t length = kLongest;
  while (length > 0 && IsContinuation(static_cast<unsigned char>(text[length]))) --length;
  return std::string(text.substr(0, length)) + "...";
}

}  // namespace kratos::json::internal
