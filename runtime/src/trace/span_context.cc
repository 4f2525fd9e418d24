#include "kratos/trace/span_context.h"

#include <algorithm>

#include "trace/field_text.h"

namespace kratos::trace {

namespace {

constexpr std::size_t kMaxMembers = 32;
constexpr std::size_t kMaxTraceState = 512;
constexpr std::size_t kLongMember = 128;

// version "-" trace-id "-" parent-id "-" trace-flags
constexpr std::size_t kTraceParentSize = 2 + 1 + 32 + 1 + 16 + 1 + 2;
constexpr std::uint8_t kSampledFlag = 1;

constexpr char kHexDigits[] = "0123456789abcdef";

// Lower case only, as the recommendation has it.
int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool ReadHex(std::string_view text, std::uint8_t* bytes) {
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = HexValue(text[i]);
    const int low = HexValue(text[i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i / 2] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

bool IsAlpha(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// What may follow the first character of a key or of either of its parts.
bool IsKeyText(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return IsAlpha(c) || IsDigit(c) || c == '_' || c == '-' || c == '*' || c == '/';
  });
}

bool IsTraceStateKey(std::string_view key) {
  if (key.empty() || !(IsAlpha(key[0]) || IsDigit(key[0]))) return false;
  const auto at = key.find('@');
  if (at == std::string_view::npos)
    return IsAlpha(key[0]) && key.size() <= 256 && IsKeyText(key.substr(1));
  const std::string_view system = key.substr(at + 1);
  return at <= 241 && IsKeyText(key.substr(1, at - 1)) && !system.empty() && system.size() <= 14 &&
         IsAlpha(system[0]) && IsKeyText(system.substr(1));
}

bool IsTraceStateValue(std::string_view value) {
  return !value.empty() && value.size() <= 256 && value.back() != ' ' &&
         std::all_of(value.begin(), value.end(),
                     [](char c) { return c >= 0x20 && c <= 0x7e && c != ',' && c != '='; });
}

std::size_t SizeOf(const std::vector<std::string_view>& members) {
  std::size_t size = members.empty() ? 0 : members.size() - 1;
  for (const std::string_view member : members) size += member.size();
  return size;
}

}  // namespace

template <std::size_t kSize>
std::string Id<kSize>::ToHex() const {
  std::string text;
  text.reserve(2 * kSize);
  for (const std::uint8_t byte : bytes) {
    text += kHexDigits[byte >> 4];
    text += kHexDigits[byte & 0xf];
  }
  return text;
}

template struct Id<16>;
template struct Id<8>;

std::optional<SpanContext> ParseTraceParent(std::string_view text) {
  text = TrimSpace(text);
  if (text.size() < kTraceParentSize || text[2] != '-' || text[35] != '-' || text[52] != '-')
    return std::nullopt;
  std::uint8_t version = 0;
  std::uint8_t flags = 0;
  SpanContext context;
  if (!ReadHex(text.substr(0, 2), &version) ||
      !ReadHex(text.substr(3, 32), context.trace_id.bytes.data()) ||
      !ReadHex(text.substr(36, 16), context.span_id.bytes.data()) ||
      !ReadHex(text.substr(53, 2), &flags)) {
    return std::nullopt;
  }
  if (version == 0xff || !context.valid()) return std::nullopt;
  if (text.size() > kTraceParentSize && (version == 0 || text[kTraceParentSize] != '-'))
    return std::nullopt;
  context.sampled = (flags & kSampledFlag) != 0;
  context.remote = true;
  return context;
}

std::string FormatTraceParent(const SpanContext& context) {
  return "00-" + context.trace_id.ToHex() + '-' + context.span_id.ToHex() +
         (context.sampled ? "-01" : "-00");
}

std::optional<std::string> ParseTraceState(const std::vector<std::string_view>& fields) {
  std::vector<std::string_view> members;
  std::vector<std::string_view> keys;
  for (const std::string_view field : fields) {
    for (std::string_view member : SplitField(field, ',')) {
      member = TrimSpace(member);
      if (member.empty()) continue;
      const std::string_view key = member.substr(0, member.find('='));
      if (key.size() == member.size() || !IsTraceStateKey(key) ||
          !IsTraceStateValue(member.substr(key.size() + 1)) || members.size() == kMaxMembers ||
          std::find(keys.begin(), keys.end(), key) != keys.end()) {
        return std::nullopt;
      }
      keys.push_back(key);
      members.push_back(member);
    }
  }
  if (SizeOf(members) > kMaxTraceState)
    std::erase_if(members, [](std::string_view member) { return member.size() > kLongMember; });
  while (SizeOf(members) > kMaxTraceState) members.pop_back();
  std::string text;
  for (const std::string_view member : members) {
    if (!text.empty()) text += ',';
    text += member;
  }
  return text;
}

SpanContext Extract(const Metadata& header) {
  const auto parents = header.Values("traceparent");
  if (parents.size() != 1) return {};
  auto context = ParseTraceParent(parents.front());
  if (!context) return {};
  context->trace_state = ParseTraceState(header.Values("tracestate")).value_or("");
  return *std::move(context);
}

void Inject(const SpanContext& context, Metadata* header) {
  header->Remove("traceparent");
  header->Remove("tracestate");
  if (!context.valid()) return;
  header->Set("traceparent", FormatTraceParent(context));
  if (!context.trace_state.empty()) header->Set("tracestate", context.trace_state);
}

}  // namespace kratos::trace
