#include "emit/comment_text.h"

#include "support/catch.h"

namespace kratos::plugin {
namespace {

using Lines = std::vector<std::string>;

TEST_CASE("comment lines") {
  struct Row {
    const char* name;
    std::string comment;
    Lines lines;
  };
  const Row rows[] = {
      {"empty", "", {}},
      {"blank", " \n\n", {}},
      {"one", " One.\n", {"One."}},
      {"indented", "   - item\n", {"  - item"}},
      {"paragraphs", " A.\n\n B.\n", {"A.", "", "B."}},
      {"no last newline", " A.", {"A."}},
      {"backslash", " path C:\\\n next\n", {"path C:\\.", "next"}},
      {"backslash and space", " path C:\\ \n", {"path C:\\."}},
      {"trigraph", " what\?\?/\n", {"what\?\?/."}},
      {"carriage return", " A.\r\n B.\r\n", {"A.", "B."}},
      {"control",
       " a\x01"
       "b\x7F\n",
       {"ab"}},
      {"tab", "\tx\n", {" x"}},
      {"reversal",
       " a\xE2\x80\xAE"
       "b\xE2\x81\xA6\n",
       {"a?b?"}},
      {"invalid UTF-8", " a\xFF\xC3\n", {"a?\?"}},
      {"cut UTF-8", " a\xE2\x80\n", {"a?\?"}},
      {"UTF-8", " \xC3\xA4\xE6\x97\xA5\n", {"\xC3\xA4\xE6\x97\xA5"}},
      {"closers", " */ /* // \n", {"*/ /* //"}},
      {"wrapped", " aaaa bbbb cccc dddd\n", {"aaaa bbbb", "cccc dddd"}},
      {"wrapped at a backslash", " aaaa bbb\\ cccc\n", {"aaaa bbb\\.", "cccc"}},
      {"wrapped with margin", "   aaaa bbbb cc\n", {"  aaaa", "  bbbb cc"}},
      {"margin as wide as a line", "               aaaa bbbb\n", {"     aaaa", "     bbbb"}},
      {"margin of tabs", "\t\t\t\t\t\ta\n", {"     a"}},
      {"margin and a long word", "        aaaaaaaaaaa b\n", {"     aaaaaaaaaaa", "     b"}},
      {"too long for a line", " aaaaaaaaaaaaaaa bb\n", {"aaaaaaaaaaaaaaa", "bb"}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(CommentLines(row.comment, 10) == row.lines);
  }
}

}  // namespace
}  // namespace kratos::plugin
