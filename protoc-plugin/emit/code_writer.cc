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

/// How many lines of `width` columns items joined by ", " take, the last of them with `tail_size`
/// more; 0 when one is too long for any.
std::size_t CountLines(const std::vector<std::string>& items, std::size_t width,
                       std::size_t tail_size) {
  std::size_t lines = 0;
  std::size_t column = width;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::size_t size = items[i].size() + (i + 1 == items.size() ? tail_size : 1);
    if (size > width) return 0;
    if (column + 1 + size > width) {
      ++lines;
      column = size;
    } else {
      column += 1 + size;
    }
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
  text_.append(indent_, ' ').append(head) += '(';
  std::size_t margin = head.size() + 1;
  std::size_t width = indent_ + margin < kLineWidth ? kLineWidth - indent_ - margin : 0;
  const std::size_t tail_size = 1 + tail.size();
  std::size_t lines = CountLines(items, width, tail_size);
  // Four lines or more beside an empty half of the page read worse than a break behind the
  // parenthesis.
  if (!items.empty() && (lines == 0 || lines > 3)) {
    margin = 4;
    width = kLineWidth - indent_ - margin;
    lines = CountLines(items, width, tail_size);
    text_.append("\n").append(indent_ + margin, ' ');
  }
  std::size_t column = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const bool last = i + 1 == items.size();
    const std::size_t size = items[i].size() + (last ? tail_size : 1);
    if (i > 0) {
      // With something that is too long for any line, each item has one.
      if (lines > 0 && column + 1 + size <= width) {
        text_ += ' ';
        ++column;
      } else {
        text_.append("\n").append(indent_ + margin, ' ');
        column = 0;
      }
    }
    text_ += items[i];
    if (!last) text_ += ',';
    column += size;
  }
  text_.append(")").append(tail) += '\n';
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
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    const bool trigraph = c == '?' && i > 0 && text[i - 1] == '?';
    const bool printable = byte >= 0x20 && byte < 0x7F;
    if (printable && c != '"' && c != '\\' && !trigraph) continue;
    out += text.substr(copied, i - copied);
    copied = i + 1;
    if (printable) {
      out += '\\';
      out += c;
    } else {
      // Three octal digits always: a digit behind them cannot join in, as it could with \x.
      out += '\\';
      out += static_cast<char>('0' + (byte >> 6));
      out += static_cast<char>('0' + ((byte >> 3) & 7));
      out += static_cast<char>('0' + (byte & 7));
    }
  }
  out += text.substr(copied);
  out += '"';
  return out;
}

}  // namespace kratos::plugin
