#include "emit/code_writer.h"

#include "emit/comment_text.h"

namespace kratos::plugin {
namespace {

std::string Substitute(std::string_view line,
                       std::initializer_list<CodeWriter::Variable> variables) {
  std::string out;
  while (true) {
    const std::size_t first = line.find('$');
    const std::size_t last = first == std::string_view::npos ? first : line.find('$', first + 1);
    if (last == std::string_view::npos) break;
    const std::string_view name = line.substr(first + 1, last - first - 1);
    out += line.substr(0, first);
    bool found = false;
    for (const auto& [key, value] : variables) {
      if (key != name) continue;
      out += value;
      found = true;
      break;
    }
    if (!found) out += line.substr(first, last - first + 1);
    line.remove_prefix(last + 1);
  }
  out += line;
  return out;
}

/// Items joined by ", " in as few lines as fit into `width` columns, the last with `tail_size`
/// more; empty when one does not.
std::vector<std::string> Fill(const std::vector<std::string>& items, std::size_t width,
                              std::size_t tail_size) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const bool last = i + 1 == items.size();
    const std::size_t size = items[i].size() + (last ? tail_size : 1);
    if (size > width) return {};
    if (!lines.empty() && lines.back().size() + 1 + size <= width) {
      lines.back() += ' ';
    } else {
      lines.emplace_back();
    }
    lines.back() += items[i];
    if (!last) lines.back() += ',';
  }
  return lines;
}

}  // namespace

void CodeWriter::Line(std::string_view text) {
  if (!text.empty()) {
    text_.append(indent_, ' ');
    text_ += text;
  }
  text_ += '\n';
}

void CodeWriter::Print(std::string_view block, std::initializer_list<Variable> variables) {
  if (!block.empty() && block.front() == '\n') block.remove_prefix(1);
  while (!block.empty()) {
    const std::size_t end = block.find('\n');
    Line(Substitute(block.substr(0, end), variables));
    if (end == std::string_view::npos) break;
    block.remove_prefix(end + 1);
  }
}

void CodeWriter::List(std::string_view head, const std::vector<std::string>& items,
                      std::string_view tail) {
  const std::string begin = std::string(head) + '(';
  const std::string end = ')' + std::string(tail);
  if (items.empty()) return Line(begin + end);

  std::vector<std::string> lines;
  if (indent_ + begin.size() < kLineWidth) {
    lines = Fill(items, kLineWidth - indent_ - begin.size(), end.size());
  }
  std::size_t margin = begin.size();
  // Four lines or more beside an empty half of the page read worse than a break behind the
  // parenthesis.
  if (lines.empty() || lines.size() > 3) {
    Line(begin);
    margin = 4;
    lines = Fill(items, kLineWidth - indent_ - margin, end.size());
    if (lines.empty()) {  // Something is too long for any line.
      for (const std::string& item : items) lines.push_back(item + ',');
      lines.back().pop_back();
    }
    lines.front().insert(0, margin, ' ');
  } else {
    lines.front().insert(0, begin);
  }
  lines.back() += end;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    Line(i == 0 ? lines[i] : std::string(margin, ' ') + lines[i]);
  }
}

void CodeWriter::Comment(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) Line(line.empty() ? "//" : "// " + line);
}

void CodeWriter::Paragraph(std::string_view text) {
  Comment(CommentLines(text, kLineWidth - indent_ - 3));
}

CodeWriter::Namespace::Namespace(CodeWriter* writer, Kind kind, std::string name)
    : writer_(writer), kind_(kind), name_(std::move(name)) {
  if (kind_ == Kind::kUnnamed) {
    writer_->Line("namespace {");
  } else if (!name_.empty()) {
    writer_->Line("namespace " + name_ + " {");
  }
}

CodeWriter::Namespace::~Namespace() {
  if (kind_ == Kind::kUnnamed) {
    writer_->Line("}  // namespace");
  } else if (!name_.empty()) {
    writer_->Line("}  // namespace " + name_);
  }
}

std::string StringLiteral(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '?' && i > 0 && text[i - 1] == '?') {
      out += "\\?";
    } else if (byte < 0x20 || byte >= 0x7F) {
      // Three octal digits always: a digit behind them cannot join in, as it could with \x.
      out += '\\';
      out += static_cast<char>('0' + (byte >> 6));
      out += static_cast<char>('0' + ((byte >> 3) & 7));
      out += static_cast<char>('0' + (byte & 7));
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace kratos::plugin
