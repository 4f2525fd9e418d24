// Prints C++: indentation, named variables, and scopes that close themselves.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kratos::plugin {

/// Longest line we print if it can be helped.
inline constexpr std::size_t kLineWidth = 100;

class CodeWriter {
 public:
  using Variable = std::pair<std::string_view, std::string_view>;

  /// Prints a block that looks like the output. A newline in front is dropped, "$name$" is replaced
  /// by the variable (one that is not given is a bug and shows as written), and each line gets the
  /// current indentation.
  void Print(std::string_view block, std::initializer_list<Variable> variables = {});
  /// One line, taken as it is; an empty one gets no indentation.
  void Line(std::string_view text = {});
  /// `head` "(" items ")" `tail`: on one line where that fits, else filled lines aligned behind the
  /// parenthesis, else filled lines with four more columns.
  void List(std::string_view head, const std::vector<std::string>& items, std::string_view tail);
  /// "// " lines, taken as they are.
  void Comment(const std::vector<std::string>& lines);
  /// A `//` paragraph of our own, broken to the line width.
  void Paragraph(std::string_view text);

  std::size_t indent() const { return indent_; }
  const std::string& text() const& { return text_; }
  std::string text() && { return std::move(text_); }

  /// Indents what is printed while it lives.
  class Indented {
   public:
    explicit Indented(CodeWriter* writer, std::size_t columns = 2)
        : writer_(writer), columns_(columns) {
      writer_->indent_ += columns_;
    }
    ~Indented() { writer_->indent_ -= columns_; }
    Indented(const Indented&) = delete;
    Indented& operator=(const Indented&) = delete;

   private:
    CodeWriter* writer_;
    std::size_t columns_;
  };

  /// Opens a namespace, with a blank line behind the brace, and closes it; the global and the
  /// unnamed one as well.
  class Namespace {
   public:
    enum class Kind { kNamed, kUnnamed };
    /// Prints nothing at all for a named one with an empty name.
    Namespace(CodeWriter* writer, Kind kind, std::string name);
    ~Namespace();
    Namespace(const Namespace&) = delete;
    Namespace& operator=(const Namespace&) = delete;

   private:
    CodeWriter* writer_;
    Kind kind_;
    std::string name_;
  };

 private:
  std::string text_;
  std::size_t indent_ = 0;
};

/// `text` as a C++ string literal in quotes, in printable ASCII without trigraphs.
std::string StringLiteral(std::string_view text);

}  // namespace kratos::plugin
