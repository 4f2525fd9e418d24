#include "kratos/trace/baggage.h"

#include <algorithm>
#include <utility>

#include "kratos/context/context.h"
#include "kratos/route/percent.h"
#include "trace/field_text.h"

namespace kratos::trace {

namespace {

constexpr std::size_t kMaxMembers = 180;
constexpr std::size_t kMaxBytes = 8192;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool IsOctet(char c) {
  return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// A '%' without two digits stands for itself: the grammar allows it.
std::string DecodeEscapes(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? HexValue(text[i + 1]) : -1;
    const int low = high >= 0 ? HexValue(text[i + 2]) : -1;
    if (low < 0) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return out;
}

// The length of the UTF-8 sequence at the beginning of `text`, 0 when there is none.
std::size_t SequenceLength(std::string_view text) {
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
    if (route::IsValidUtf8(text.substr(0, length))) return length;
  }
  return 0;
}

std::string MakeUtf8(std::string text) {
  if (route::IsValidUtf8(text)) return text;
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t length = SequenceLength(rest);
    out += length == 0 ? kReplacement : rest.substr(0, length);
    rest.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

bool IsValue(std::string_view text) { return std::all_of(text.begin(), text.end(), IsOctet); }

// key OWS "=" OWS value
bool SplitPair(std::string_view text, std::string_view* key, std::string_view* value) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return false;
  *key = TrimSpace(text.substr(0, equals));
  *value = TrimSpace(text.substr(equals + 1));
  return IsToken(*key) && IsValue(*value);
}

std::optional<BaggageMember> ParseMember(std::string_view text) {
  const auto parts = SplitField(text, ';');
  std::string_view key;
  std::string_view value;
  if (!SplitPair(parts[0], &key, &value)) return std::nullopt;
  BaggageMember member{std::string(key), MakeUtf8(DecodeEscapes(value)), ""};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string_view property = TrimSpace(parts[i]);
    if (SplitPair(property, &key, &value)) {
      member.properties.append(";").append(key).append("=").append(value);
    } else if (IsToken(property)) {
      member.properties.append(";").append(property);
    } else {
      return std::nullopt;
    }
  }
  return member;
}

std::string FormatMember(const BaggageMember& member) {
  std::string text = member.key + '=';
  route::AppendEncoded(member.value, false, &text);
  return text + member.properties;
}

// A type of its own, as a key of the context.
struct CallBaggage {
  Baggage baggage;
};

}  // namespace

Baggage Baggage::Extract(const Metadata& header) {
  Baggage baggage;
  std::size_t bytes = 0;
  for (const std::string_view field : header.Values("baggage")) {
    for (const std::string_view text : SplitField(field, ',')) {
      bytes += text.size() + 1;
      if (baggage.members_.size() == kMaxMembers || bytes > kMaxBytes + 1) return baggage;
      if (auto member = ParseMember(text)) baggage.members_.push_back(*std::move(member));
    }
  }
  return baggage;
}

void Baggage::Inject(Metadata* header) const {
  header->Remove("baggage");
  std::string text;
  std::size_t count = 0;
  for (const BaggageMember& member : members_) {
    const std::string one = FormatMember(member);
    if (count == kMaxMembers || text.size() + one.size() + (text.empty() ? 0 : 1) > kMaxBytes)
      continue;
    if (!text.empty()) text += ',';
    text += one;
    ++count;
  }
  if (!text.empty()) header->Set("baggage", text);
}

std::optional<std::string_view> Baggage::Get(std::string_view key) const {
  for (const BaggageMember& member : members_) {
    if (member.key == key) return member.value;
  }
  return std::nullopt;
}

void Baggage::Set(std::string_view key, std::string_view value) {
  if (!IsToken(key)) return;
  Remove(key);
  members_.push_back({std::string(key), MakeUtf8(std::string(value)), ""});
}

void Baggage::Remove(std::string_view key) {
  std::erase_if(members_, [key](const BaggageMember& member) { return member.key == key; });
}

Baggage BaggageOf(const Context& ctx) {
  const auto* found = ctx.Get<CallBaggage>();
  return found != nullptr ? found->baggage : Baggage();
}

void SetBaggage(Context& ctx, Baggage baggage) { ctx.Set(CallBaggage{std::move(baggage)}); }

}  // namespace kratos::trace
