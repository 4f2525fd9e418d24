#include "unit/form/support.h"

namespace kratos::form::test {
namespace {

FieldPath Path(std::string_view dotted) {
  return *ResolveFieldPath(*Everything::descriptor(), dotted);
}

TEST_CASE("BindValue sets one field, FormatValue writes it back") {
  struct Row {
    const char* path;
    std::string text;
    std::string message;
  };
  const Row rows[] = {
      {"user_name", "a b/c", "user_name: 'a b/c'"},
      {"count", "-3", "count: -3"},
      {"huge", "18446744073709551615", "huge: 18446744073709551615"},
      {"ratio", "0.1", "ratio: 0.1"},
      {"precise", "1e+21", "precise: 1e21"},
      {"flag", "true", "flag: true"},
      {"color", "BLUE", "color: BLUE"},
      {"color", "77", "color: 77"},
      {"raw_data", "+//+AA==", "raw_data: '\\373\\377\\376\\000'"},
      {"sub.next.name", "x", "sub { next { name: 'x' } }"},
      {"leaf.size", "3", "leaf { size: 3 }"},
      {"when", "2020-01-02T03:04:05Z", "when { seconds: 1577934245 }"},
      {"when.seconds", "5", "when { seconds: 5 }"},
      {"span", "90s", "span { seconds: 90 }"},
      {"span", "1.500s", "span { seconds: 1 nanos: 500000000 }"},
      {"mask", "userName,sub.name", "mask { paths: 'user_name' paths: 'sub.name' }"},
      {"w_string", "x", "w_string { value: 'x' }"},
      {"w_int64", "-5", "w_int64 { value: -5 }"},
      {"w_double", "0.1", "w_double { value: 0.1 }"},
  };
  for (const Row& row : rows) {
    INFO(row.path << " = " << row.text);
    Everything message;
    REQUIRE(BindValue(Path(row.path), row.text, &message).ok());
    CHECK(ToText(message) == ToText(FromText<Everything>(row.message)));
    const auto text = FormatValue(Path(row.path), message);
    REQUIRE(text.ok());
    CHECK(*text == row.text);
  }
}

TEST_CASE("BindValue replaces what is there") {
  Everything message = FromText<Everything>(
      "user_name: 'old' text: 't' when { seconds: 1 nanos: 2 } mask { paths: 'a' } sub { size: 1 "
      "}");
  REQUIRE(BindValue(Path("user_name"), "new", &message).ok());
  REQUIRE(BindValue(Path("number"), "5", &message).ok());
  REQUIRE(BindValue(Path("when"), "1970-01-01T00:00:09Z", &message).ok());
  REQUIRE(BindValue(Path("mask"), "b", &message).ok());
  REQUIRE(BindValue(Path("sub.name"), "n", &message).ok());
  CHECK(ToText(message) ==
        ToText(FromText<Everything>("user_name: 'new' number: 5 when { seconds: 9 } "
                                    "mask { paths: 'b' } sub { size: 1 name: 'n' }")));
}

TEST_CASE("BindValue names the field that cannot take the text") {
  struct Row {
    const char* path;
    std::string text;
  };
  const Row rows[] = {{"count", "x"},    {"count", ""},     {"sub.size", "x"},    {"sub", "x"},
                      {"words", "x"},    {"labels", "x"},   {"when", "null"},     {"flag", "yes"},
                      {"color", "PINK"}, {"raw_data", "*"}, {"user_name", "\xff"}};
  for (const Row& row : rows) {
    INFO(row.path);
    Everything message;
    const Status status = BindValue(Path(row.path), row.text, &message);
    CHECK(status.code() == 400);
    CHECK(status.reason() == kReasonCodec);
    CHECK(status.message().find(std::string(row.path) + ": ") == 0);
  }
}

TEST_CASE("FormatValue: unset is empty, a zero without presence is a value") {
  const Everything message;
  for (const char* path : {"user_name", "nick", "maybe", "when", "w_int32", "sub.size", "number"}) {
    INFO(path);
    CHECK(FormatValue(Path(path), message)->empty());
  }
  CHECK(*FormatValue(Path("count"), message) == "0");
  CHECK(*FormatValue(Path("flag"), message) == "false");
  CHECK(*FormatValue(Path("color"), message) == "COLOR_UNSPECIFIED");
  CHECK(*FormatValue(Path("sub.size"), FromText<Everything>("sub { }")) == "0");
  CHECK(*FormatValue(Path("w_int32"), FromText<Everything>("w_int32 { }")) == "0");

  CHECK(FormatValue(Path("when"), FromText<Everything>("when { seconds: -99999999999999 }"))
            .status()
            .code() == 400);
  CHECK(FormatValue(Path("words"), message).status().code() == 400);
}

TEST_CASE("K16: messages are never mutated") {
  const auto message = FromText<Everything>("mask { paths: 'user_name' paths: 'raw_data' }");
  const std::string before = ToText(message);
  CHECK(*FormatValue(Path("mask"), message) == "userName,rawData");
  CHECK(ToPairs(message).ok());
  CHECK(ToText(message) == before);
}

}  // namespace
}  // namespace kratos::form::test
