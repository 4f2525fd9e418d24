#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>

#include "capture.h"
#include "support/catch.h"

namespace kratos::log {
namespace {

TEST_CASE("log format: what a peer sent cannot forge a line") {
  const struct {
    const char* name;
    std::string value;
    std::string text;
    std::string json;
  } rows[] = {
      {"plain", "/v1/a.b:c", "/v1/a.b:c", R"("/v1/a.b:c")"},
      {"empty", "", R"("")", R"("")"},
      {"blank", "a b", R"("a b")", R"("a b")"},
      {"equals", "a=b", R"("a=b")", R"("a=b")"},
      {"quote and backslash", R"(a"b\c)", R"("a\"b\\c")", R"("a\"b\\c")"},
      {"line break", "a\r\nlevel=ERROR", R"("a\r\nlevel=ERROR")", R"("a\r\nlevel=ERROR")"},
      {"escape sequence", "\x1b[31mred", R"("\x1b[31mred")", R"("\u001B[31mred")"},
      {"NUL", std::string("a\0b", 3), R"("a\x00b")", R"("a\u0000b")"},
      {"DEL", "a\x7f", R"("a\x7f")", "\"a\x7f\""},
      {"UTF-8", "gr\xC3\xBC\xC3\x9F", "gr\xC3\xBC\xC3\x9F", "\"gr\xC3\xBC\xC3\x9F\""},
      {"not UTF-8", "a\xC3(\xFF", R"("a\xc3(\xff")", "\"a\xEF\xBF\xBD(\xEF\xBF\xBD\""},
  };
  CaptureLogger text;
  CaptureLogger json({.format = Format::kJson});
  for (const auto& row : rows) {
    CAPTURE(row.name);
    text->Warn("it happened", {{"key", row.value}});
    CHECK(text.Take() == "level=WARN msg=\"it happened\" key=" + row.text + "\n");
    text->Info(row.value, {{row.value, 1}});
    CHECK(text.Take() == "level=INFO msg=" + row.text + " " + row.text + "=1\n");
    json->Info(row.value, {{row.value, 1}});
    CHECK(json.Take() == R"({"level":"INFO","msg":)" + row.json + "," + row.json + ":1}\n");
  }
}

TEST_CASE("log format: kinds of values") {
  CaptureLogger text;
  CaptureLogger json({.format = Format::kJson});
  const std::vector<Attribute> all = {
      {"int", -1},
      {"long", std::numeric_limits<std::int64_t>::min()},
      {"unsigned", std::numeric_limits<std::uint64_t>::max()},
      {"double", 0.25},
      {"infinite", std::numeric_limits<double>::infinity()},
      {"truth", true},
      {"when", FixedTime()},
      {"group", Value::Group{{"a", 1}, {"inner", Value::Group{{"b", "x y"}}}}},
      {"empty", Value::Group{}},
      {"hollow", Value::Group{{"nothing", Value::Group{}}}},
      {"last", false},
  };
  text->Info("m", all);
  CHECK(text.Take() ==
        "level=INFO msg=m int=-1 long=-9223372036854775808 unsigned=18446744073709551615 "
        "double=0.25 infinite=Infinity truth=true when=2006-01-02T15:04:05.678Z group.a=1 "
        "group.inner.b=\"x y\" last=false\n");
  json->Info("m", all);
  CHECK(json.Take() ==
        R"({"level":"INFO","msg":"m","int":-1,"long":-9223372036854775808,)"
        R"("unsigned":18446744073709551615,"double":0.25,"infinite":"Infinity","truth":true,)"
        R"("when":"2006-01-02T15:04:05.678Z","group":{"a":1,"inner":{"b":"x y"}},"last":false})"
        "\n");
}

TEST_CASE("log format: time and level come first, in UTC to the millisecond") {
  const auto writer = std::make_shared<CaptureWriter>();
  Logger(MakeHandler({.writer = writer}), FixedTime).Error("m");
  CHECK(writer->Take() == "time=2006-01-02T15:04:05.678Z level=ERROR msg=m\n");
  const auto before_1970 = [] {
    return std::chrono::system_clock::time_point(std::chrono::milliseconds(-1));
  };
  Logger(MakeHandler({.format = Format::kJson, .writer = writer}), before_1970).Error("m");
  CHECK(writer->Take() == R"({"time":"1969-12-31T23:59:59.999Z","level":"ERROR","msg":"m"})"
                          "\n");
}

TEST_CASE("log format: the line that logged it") {
  CaptureLogger text({.add_source = true});
  text->Info("m");
  const std::string here = std::to_string(__LINE__ - 1);
  const std::string line = text.Take();
  CAPTURE(line);
  CHECK(line.find("format_test.cc source.line=" + here + " msg=m\n") != std::string::npos);
  CHECK(line.find("source.function=") != std::string::npos);
}

TEST_CASE("log format: attributes can be changed and left out, told what groups they are in") {
  HandlerOptions options;
  options.replace = [](std::span<const std::string> groups, Attribute& attribute) {
    if (attribute.key == "gone") return false;
    if (!groups.empty()) attribute.key = groups.back() + "!" + attribute.key;
    return true;
  };
  CaptureLogger text(options);
  text->Info("m", {{"gone", 1}, {"a", 1}, {"g", Value::Group{{"gone", 1}, {"b", 2}}}});
  CHECK(text.Take() == "level=INFO msg=m a=1 g.g!b=2\n");
}

}  // namespace
}  // namespace kratos::log
