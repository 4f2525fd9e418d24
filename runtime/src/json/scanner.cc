#include "json/scanner.h"

#include <rapidjson/encodedstream.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <limits>

namespace kratos::json::internal {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Receives the one string RapidJSON's reader is run on.
struct StringHandler : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, StringHandler> {
  bool String(const char* data, rapidjson::SizeType length, bool) {
    text = std::string_view(data, length);
    return true;
  }
  std::string_view text;
};

// The length of a number in digits with a point at most, as nearly all are; 0 for everything else.
std::size_t PlainNumberLength(std::string_view text) {
  const auto digits_end = [text](std::size_t at) {
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at;
  };
  const std::size_t begin = !text.empty() && text[0] == '-' ? 1 : 0;
  std::size_t end = digits_end(begin);
  if (end == begin || (end > begin + 1 && text[begin] == '0')) return 0;
  if (end < text.size() && text[end] == '.') {
    const std::size_t point = end;
    end = digits_end(point + 1);
    if (end == point + 1) return 0;
  }
  return end < text.size() && (text[end] == 'e' || text[end] == 'E') ? 0 : end;
}

}  // namespace

bool IsJson(std::string_view text) {
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
  }
  rapidjson::MemoryStream bytes(text.data(), text.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(bytes);
  rapidjson::Reader reader;
  rapidjson::BaseReaderHandler<> ignore;
  // Numbers as strings: one that no double can hold is a number all the same. RapidJSON takes a
  // zero byte for the end.
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag |
                              rapidjson::kParseValidateEncodingFlag |
                              rapidjson::kParseNumbersAsStringsFlag;
  return !reader.Parse<kFlags>(stream, ignore).IsError() && stream.Tell() == text.size();
}

Scanner::Scanner(std::string_view text, int max_depth) : text_(text), max_depth_(max_depth) {
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) at_ = kByteOrderMark.size();
}

std::size_t Scanner::Offset() {
  SkipSpace();
  return at_;
}

bool Scanner::Fail(ErrorCode code, std::size_t offset, std::string message) {
  if (!failed_) {
    failed_ = true;
    error_.code = code;
    error_.offset = offset;
    error_.message = std::move(message);
  }
  return false;
}

bool Scanner::Expected(std::string_view what) {
  std::string message = "expected ";
  message += what;
  message += at_ == text_.size() ? ", found the end of the text" : ", found something else";
  return Fail(ErrorCode::kSyntax, at_, std::move(message));
}

bool Scanner::TooDeep() {
  return Fail(ErrorCode::kTooDeep, at_,
              "nested deeper than " + std::to_string(max_depth_) + " levels");
}

bool Scanner::Descend() {
  if (depth_ >= max_depth_) return TooDeep();
  ++depth_;
  ++at_;
  return true;
}

bool Scanner::DescendIfEmpty() {
  const std::size_t next = depth_ == max_depth_ ? SpaceEnd(at_ + 1) : text_.size();
  if (next == text_.size() || (text_[next] != '}' && text_[next] != ']')) return Descend();
  ++depth_;
  ++at_;
  return true;
}

bool Scanner::CheckDepth() {
  const Kind kind = Peek();
  return depth_ < max_depth_ || (kind != Kind::kObject && kind != Kind::kArray) || TooDeep();
}

bool Scanner::BeginObject() {
  if (failed_) return false;
  return Peek() == Kind::kObject ? Descend() : Expected("an object");
}

bool Scanner::BeginMap() {
  if (failed_) return false;
  return Peek() == Kind::kObject ? DescendIfEmpty() : Expected("an object");
}

bool Scanner::BeginArray() {
  if (failed_) return false;
  return Peek() == Kind::kArray ? DescendIfEmpty() : Expected("an array");
}

bool Scanner::NextKey(bool* first, std::string_view* key) {
  if (failed_) return false;
  SkipSpace();
  if (at_ < text_.size() && text_[at_] == '}') {
    ++at_;
    --depth_;
    return false;
  }
  if (!*first) {
    if (at_ == text_.size() || text_[at_] != ',') return Expected("',' or '}'");
    ++at_;
    SkipSpace();
  }
  *first = false;
  if (at_ == text_.size() || text_[at_] != '"') return Expected("a quoted key");
  key_offset_ = at_;
  if (!ReadString(key)) return false;
  SkipSpace();
  if (at_ == text_.size() || text_[at_] != ':') return Expected("':'");
  ++at_;
  return true;
}

bool Scanner::NextElement(bool* first) {
  if (failed_) return false;
  SkipSpace();
  if (at_ < text_.size() && text_[at_] == ']') {
    // "[1,]" never gets here: after a comma a value is due.
    ++at_;
    --depth_;
    return false;
  }
  if (!*first) {
    if (at_ == text_.size() || text_[at_] != ',') return Expected("',' or ']'");
    ++at_;
  }
  *first = false;
  if (Peek() == Kind::kNone) return Expected("a value");
  return true;
}

bool Scanner::ReadLiteral(std::string_view literal) {
  if (failed_) return false;
  SkipSpace();
  if (text_.substr(at_, literal.size()) != literal) return Expected("a value");
  at_ += literal.size();
  return true;
}

bool Scanner::ReadNull() { return ReadLiteral("null"); }

bool Scanner::ReadBool(bool* value) {
  *value = Peek() == Kind::kTrue;
  return ReadLiteral(*value ? "true" : "false");
}

bool Scanner::ReadNumber(std::string_view* text) {
  if (failed_) return false;
  SkipSpace();
  std::size_t length = PlainNumberLength(text_.substr(at_));
  if (length == 0) length = JsonNumberLength(text_.substr(at_));
  if (length == 0) return Expected("a number");
  *text = text_.substr(at_, length);
  at_ += length;
  return true;
}

bool Scanner::TryDecimal(double* value) {
  SkipSpace();
  const std::size_t length = PlainNumberLength(text_.substr(at_));
  if (length == 0 || !EndsNumber(at_ + length) ||
      !ParseShortDecimal(text_.substr(at_, length), value)) {
    return false;
  }
  at_ += length;
  return true;
}

bool Scanner::ReadString(std::string_view* text) {
  if (failed_) return false;
  SkipSpace();
  if (at_ == text_.size() || text_[at_] != '"') return Expected("a string");
  const std::size_t begin = at_;
  bool ascii = true;
  const std::size_t at =
      begin + 1 + PlainLength(text_.data() + begin + 1, text_.data() + text_.size(), &ascii);
  if (at == text_.size()) {
    at_ = at;
    return Expected("a closing quote");
  }
  if (text_[at] == '\\') return ReadEscaped(begin, text);
  if (text_[at] != '"') {
    return Fail(ErrorCode::kSyntax, at, "a control character in a string must be escaped");
  }
  *text = text_.substr(begin + 1, at - begin - 1);
  if (!ascii && !IsValidUtf8(*text)) {
    return Fail(ErrorCode::kInvalidUtf8, begin, "the string is not UTF-8");
  }
  at_ = at + 1;
  return true;
}

bool Scanner::ReadEscaped(std::size_t begin, std::string_view* text) {
  // The reader works in place, on a copy of the string alone: it needs no memory of its own then.
  std::size_t end = begin + 1;
  for (; end < text_.size() && text_[end] != '"'; ++end) {
    if (text_[end] == '\\') {
      ++end;
    } else if (static_cast<unsigned char>(text_[end]) < 0x20) {
      return Fail(ErrorCode::kSyntax, end, "a control character in a string must be escaped");
    }
  }
  if (end >= text_.size()) {
    at_ = text_.size();
    return Expected("a closing quote");
  }
  ++end;
  if (end - begin > std::numeric_limits<rapidjson::SizeType>::max()) {
    return Fail(ErrorCode::kOutOfRange, begin,
                "the string is too long");  // RapidJSON counts in 32 bits
  }
  scratch_.assign(text_, begin, end - begin);
  rapidjson::InsituStringStream stream(scratch_.data());
  rapidjson::Reader reader;
  StringHandler handler;
  const rapidjson::ParseResult result =
      reader.Parse<rapidjson::kParseInsituFlag | rapidjson::kParseStopWhenDoneFlag>(stream,
                                                                                    handler);
  if (result.IsError()) {
    const std::size_t offset = begin + result.Offset();
    return result.Code() == rapidjson::kParseErrorStringUnicodeSurrogateInvalid
               ? Fail(ErrorCode::kInvalidUtf8, offset, "the escape is half a surrogate pair")
               : Fail(ErrorCode::kSyntax, offset,
                      "the string has an escape that JSON does not know");
  }
  // The reader passes bytes through unchecked, and lets the second half of a surrogate pair stand
  // alone.
  if (!IsValidUtf8(handler.text)) {
    return Fail(ErrorCode::kInvalidUtf8, begin, "the string is not UTF-8");
  }
  at_ = end;
  *text = handler.text;
  return true;
}

// Recursive, but never deeper than max_depth.
bool Scanner::Skip() {
  bool first = true;
  std::string_view ignored;
  switch (Peek()) {
    case Kind::kObject:
      if (!BeginMap()) return false;
      while (NextKey(&first, &ignored)) {
        if (!Skip()) return false;
      }
      return !failed_;
    case Kind::kArray:
      if (!BeginArray()) return false;
      while (NextElement(&first)) {
        if (!Skip()) return false;
      }
      return !failed_;
    case Kind::kString:
      return ReadString(&ignored);
    case Kind::kNumber:
      return ReadNumber(&ignored);
    case Kind::kTrue:
    case Kind::kFalse: {
      bool value = false;
      return ReadBool(&value);
    }
    case Kind::kNull:
      return ReadNull();
    case Kind::kNone:
      break;
  }
  return Expected("a value");
}

bool Scanner::Finish() {
  if (failed_) return false;
  SkipSpace();
  return at_ == text_.size() ? true : Expected("the end of the text");
}

}  // namespace kratos::json::internal
