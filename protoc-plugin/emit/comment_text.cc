#include "emit/comment_text.h"

#include <algorithm>
#include <cstdint>

#include "kratos/route/percent.h"

namespace kratos::plugin {
namespace {

/// Length of the UTF-8 sequence that begins with `lead`; 1 for what cannot begin one.
std::size_t SequenceLength(unsigned char lead) {
  if (lead >= 0xF0) return 4;
  if (lead >= 0xE0) return 3;
  if (lead >= 0xC0) return 2;
  return 1;
}

/// U+202A..U+202E and U+2066..U+2069 reorder what a reviewer sees; U+2028 and U+2029 end lines in
/// some viewers.
bool IsHiddenControl(std::string_view character) {
  if (character.size() != 3 || character[0] != '\xE2') return false;
  const auto second = static_cast<unsigned char>(character[1]);
  const auto third = static_cast<unsigned char>(character[2]);
  if (second == 0x80) return third >= 0xA8 && third <= 0xAE;
  return second == 0x81 && third >= 0xA6 && third <= 0xA9;
}

bool IsPrintableAscii(char c) { return c >= 0x20 && c < 0x7F; }

std::string Clean(std::string_view line) {
  std::string out;
  for (std::size_t i = 0; i < line.size();) {
    const auto byte = static_cast<unsigned char>(line[i]);
    if (byte == '\t') {
      out += "  ";
      ++i;
    } else if (byte < 0x20 || byte == 0x7F) {
      ++i;  // Carriage returns and the like.
    } else if (byte < 0x80) {
      const std::size_t begin = i;
      while (i < line.size() && IsPrintableAscii(line[i])) ++i;
      out += line.substr(begin, i - begin);
    } else {
      const std::string_view character = line.substr(i, SequenceLength(byte));
      if (!route::IsValidUtf8(character)) {
        out += '?';
        ++i;
        continue;
      }
      if (IsHiddenControl(character)) {
        out += '?';
      } else {
        out += character;
      }
      i += character.size();
    }
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  const bool trigraph = out.size() >= 3 && out.compare(out.size() - 3, 3, "\?\?/") == 0;
  if ((!out.empty() && out.back() == '\\') || trigraph) out += '.';
  return out;
}

/// Breaks a line at spaces; the parts keep its indentation, up to half the width: words need room.
void AppendWrapped(std::string_view line, std::size_t width, std::vector<std::string>* out) {
  std::size_t margin = line.find_first_not_of(' ');
  std::string_view text = line.substr(margin);
  if (line.size() > width) margin = std::min(margin, width / 2);
  const std::string indent(margin, ' ');
  const std::size_t room = width - margin;
  while (text.size() > room) {
    std::size_t space = text.rfind(' ', room);
    if (space == std::string_view::npos) space = text.find(' ', room);
    if (space == std::string_view::npos) break;
    // A part can end in a backslash that was inside the line.
    out->push_back(Clean(indent + std::string(text.substr(0, space))));
    text.remove_prefix(text.find_first_not_of(' ', space));  // No space ends a line.
  }
  out->push_back(indent + std::string(text));
}

}  // namespace

std::vector<std::string> CommentLines(std::string_view comment, std::size_t width) {
  std::vector<std::string> lines;
  while (!comment.empty()) {
    const std::size_t end = comment.find('\n');
    std::string line = Clean(comment.substr(0, end));
    if (!line.empty() && line.front() == ' ') line.erase(0, 1);
    if (line.empty()) {
      lines.emplace_back();
    } else {
      AppendWrapped(line, width, &lines);
    }
    if (end == std::string_view::npos) break;
    comment.remove_prefix(end + 1);
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  std::size_t first = 0;
  while (first < lines.size() && lines[first].empty()) ++first;
  lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(first));
  return lines;
}

}  // namespace kratos::plugin
