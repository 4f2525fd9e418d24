#include "diagnostics/diagnostic.h"

#include <algorithm>
#include <map>

namespace kratos::plugin {
namespace {

constexpr char kIndent[] = "    ";

/// Text made safe for a terminal, and the column of each of its bytes.
struct Display {
  std::string text;
  std::vector<std::size_t> columns;
};

/// Control characters become \xNN, and a byte inside a UTF-8 sequence takes no column.
Display MakeDisplay(const std::string& text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  Display out;
  std::size_t column = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out.columns.push_back(column);
    if (byte < 0x20 || byte == 0x7F) {
      out.text += {'\\', 'x', kHex[byte >> 4], kHex[byte & 0xF]};
      column += 4;
    } else {
      out.text += c;
      if ((byte & 0xC0) != 0x80) ++column;
      if ((byte & 0xC0) == 0x80) --out.columns.back();
    }
  }
  out.columns.push_back(column);
  return out;
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
    out += diagnostic.at.file + ':';
    if (diagnostic.at.line > 0) {
      out += std::to_string(diagnostic.at.line) + ':' + std::to_string(diagnostic.at.column) + ':';
    }
    out += ' ';
  }
  out += std::string(SeverityName(diagnostic.severity)) + '[' + diagnostic.rule + "]: ";
  if (!diagnostic.subject.empty()) out += diagnostic.subject + ": ";
  out += MakeDisplay(diagnostic.message).text + '\n';
  if (!diagnostic.excerpt.empty()) {
    const Display display = MakeDisplay(diagnostic.excerpt);
    const std::size_t size = diagnostic.excerpt.size();
    const std::size_t first = display.columns[std::min(diagnostic.caret, size)];
    const std::size_t last =
        display.columns[std::min(diagnostic.caret + diagnostic.caret_length, size)];
    out += kIndent + display.text + '\n';
    out += kIndent + std::string(first, ' ') + '^' +
           std::string(last > first + 1 ? last - first - 1 : 0, '~') + '\n';
  }
  if (!diagnostic.help.empty()) out += "help: " + MakeDisplay(diagnostic.help).text + '\n';
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
