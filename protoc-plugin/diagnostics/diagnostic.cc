#include "diagnostics/diagnostic.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "kratos/route/percent.h"

namespace kratos::plugin {
namespace {

constexpr char kIndent[] = "    ";

/// Text made safe for a terminal, and the column of each of its bytes.
struct Display {
  std::string text;
  std::vector<std::size_t> columns;
};

/// Bytes of the UTF-8 character that `text` begins with; 0 when it begins with none.
std::size_t CharacterSize(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return route::IsValidUtf8(text.substr(0, size)) ? size : 0;
}

/// Control characters and bytes that are not UTF-8 become \xNN: protoc takes valid UTF-8 alone.
Display MakeDisplay(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  Display out;
  std::size_t column = 0;
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text.front());
    std::size_t size = CharacterSize(text);
    if (size == 0 || byte < 0x20 || byte == 0x7F) {
      out.text += {'\\', 'x', kHex[byte >> 4], kHex[byte & 0xF]};
      out.columns.push_back(column);
      column += 4;
      size = 1;
    } else {
      out.text += text.substr(0, size);
      out.columns.insert(out.columns.end(), size, column);
      ++column;
    }
    text.remove_prefix(size);
  }
  out.columns.push_back(column);
  return out;
}

/// The longest text that is shown whole, and what stands for the rest of a longer one.
constexpr std::size_t kMaxText = 1000;
constexpr std::string_view kOmitted = "...";

bool IsInsideCharacter(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

/// `text` from `begin`, `kMaxText` bytes at the most, moved to where characters begin.
std::string_view Cut(std::string_view text, std::size_t begin) {
  std::size_t end = std::min(begin + kMaxText, text.size());
  while (IsInsideCharacter(text, begin) && begin < end) ++begin;
  while (IsInsideCharacter(text, end) && end > begin) --end;
  return text.substr(begin, end - begin);
}

std::string Show(std::string_view text) {
  const std::string_view shown = Cut(text, 0);
  std::string out = MakeDisplay(shown).text;
  if (shown.size() < text.size()) out += kOmitted;
  return out;
}

/// The excerpt, of a long one what is around its caret, and a line with that caret below it.
std::string ShowExcerpt(const Diagnostic& diagnostic) {
  const std::string_view whole = diagnostic.excerpt;
  const std::size_t caret = std::min(diagnostic.caret, whole.size());
  const std::string_view shown =
      Cut(whole, whole.size() <= kMaxText || caret < kMaxText / 2 ? 0 : caret - kMaxText / 2);
  const auto begin = static_cast<std::size_t>(shown.data() - whole.data());
  const Display display = MakeDisplay(shown);
  const std::string before(begin > 0 ? kOmitted : "");
  const std::size_t first = display.columns[caret - begin];
  const std::size_t last =
      display.columns[std::min(caret - begin + diagnostic.caret_length, shown.size())];
  std::string out = kIndent + before + display.text;
  if (begin + shown.size() < whole.size()) out += kOmitted;
  return out + '\n' + kIndent + std::string(before.size() + first, ' ') + '^' +
         std::string(last > first + 1 ? last - first - 1 : 0, '~') + '\n';
}

std::string Count(std::size_t count, const char* noun) {
  return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

}  // namespace

const char* SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kNote:
      return "note";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "";
}

bool Diagnostics::HasErrors() const {
  return std::any_of(all_.begin(), all_.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::kError; });
}

void Diagnostics::PromoteWarnings() {
  for (Diagnostic& diagnostic : all_) {
    if (diagnostic.severity == Severity::kWarning) diagnostic.severity = Severity::kError;
  }
}

void Diagnostics::Sort() {
  std::map<std::string, std::size_t> order;
  for (const Diagnostic& diagnostic : all_) order.emplace(diagnostic.at.file, order.size());
  std::stable_sort(all_.begin(), all_.end(), [&](const Diagnostic& a, const Diagnostic& b) {
    const std::size_t file_a = order.at(a.at.file);
    const std::size_t file_b = order.at(b.at.file);
    if (file_a != file_b) return file_a < file_b;
    if (a.at.line != b.at.line) return a.at.line < b.at.line;
    return a.at.column < b.at.column;
  });
}

std::string Format(const Diagnostic& diagnostic) {
  std::string out;
  if (!diagnostic.at.file.empty()) {
    out += Show(diagnostic.at.file) + ':';
    if (diagnostic.at.line > 0) {
      out += std::to_string(diagnostic.at.line) + ':' + std::to_string(diagnostic.at.column) + ':';
    }
    out += ' ';
  }
  out += std::string(SeverityName(diagnostic.severity)) + '[' + diagnostic.rule + "]: ";
  if (!diagnostic.subject.empty()) out += Show(diagnostic.subject) + ": ";
  out += Show(diagnostic.message) + '\n';
  if (!diagnostic.excerpt.empty()) out += ShowExcerpt(diagnostic);
  if (!diagnostic.help.empty()) out += "help: " + Show(diagnostic.help) + '\n';
  return out;
}

std::string Summary(const std::vector<Diagnostic>& diagnostics) {
  std::size_t counts[3] = {};
  for (const Diagnostic& diagnostic : diagnostics) {
    ++counts[static_cast<std::size_t>(diagnostic.severity)];
  }
  std::string out;
  for (const Severity severity : {Severity::kError, Severity::kWarning, Severity::kNote}) {
    const std::size_t count = counts[static_cast<std::size_t>(severity)];
    if (count == 0) continue;
    if (!out.empty()) out += ", ";
    out += Count(count, SeverityName(severity));
  }
  return out;
}

}  // namespace kratos::plugin
