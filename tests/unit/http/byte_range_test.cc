#include "http/byte_range.h"

#include <string>

#include "support/catch.h"

namespace kratos::http {
namespace {

using Kind = RangeChoice::Kind;

TEST_CASE("byte range: RFC 9110, 14") {
  const struct {
    const char* name;
    std::vector<std::string_view> fields;
    Kind kind;
    std::vector<ByteRange> parts;
  } rows[] = {
      {"first bytes", {"bytes=0-3"}, Kind::kParts, {{0, 4}}},
      {"one byte", {"bytes=9-9"}, Kind::kParts, {{9, 1}}},
      {"open end", {"bytes=4-"}, Kind::kParts, {{4, 6}}},
      {"beyond the end", {"bytes=4-99"}, Kind::kParts, {{4, 6}}},
      {"far beyond the end", {"bytes=4-99999999999999999999999"}, Kind::kParts, {{4, 6}}},
      {"suffix", {"bytes=-3"}, Kind::kParts, {{7, 3}}},
      {"long suffix", {"bytes=-99"}, Kind::kParts, {{0, 10}}},
      {"unit without case", {"Bytes=0-0"}, Kind::kParts, {{0, 1}}},
      {"several", {"bytes=0-1, 4-5 ,,-2"}, Kind::kParts, {{0, 2}, {4, 2}, {8, 2}}},
      {"against the order", {"bytes=8-9,0-1"}, Kind::kParts, {{8, 2}, {0, 2}}},
      {"one of two within", {"bytes=20-30,0-1"}, Kind::kParts, {{0, 2}}},
      {"starts at the end", {"bytes=10-"}, Kind::kUnsatisfiable, {}},
      {"far away", {"bytes=99999999999999999999999-"}, Kind::kUnsatisfiable, {}},
      {"no bytes from the end", {"bytes=-0"}, Kind::kUnsatisfiable, {}},
      {"both outside", {"bytes=20-30,-0"}, Kind::kUnsatisfiable, {}},
      {"none", {}, Kind::kWhole, {}},
      {"empty", {""}, Kind::kWhole, {}},
      {"no ranges", {"bytes="}, Kind::kWhole, {}},
      {"commas", {"bytes=,,"}, Kind::kWhole, {}},
      {"other unit", {"lines=0-1"}, Kind::kWhole, {}},
      {"backwards", {"bytes=3-2"}, Kind::kWhole, {}},
      {"one malformed of two", {"bytes=0-1,x"}, Kind::kWhole, {}},
      {"sign", {"bytes=+1-2"}, Kind::kWhole, {}},
      {"blank inside", {"bytes=1 -2"}, Kind::kWhole, {}},
      {"dash alone", {"bytes=-"}, Kind::kWhole, {}},
      {"no dash", {"bytes=3"}, Kind::kWhole, {}},
      {"two dashes", {"bytes=1-2-3"}, Kind::kWhole, {}},
      {"overlap", {"bytes=0-4,4-5"}, Kind::kWhole, {}},
      {"the same twice", {"bytes=0-0,0-0"}, Kind::kWhole, {}},
      {"too many", {"bytes=0-0,2-2,4-4,6-6"}, Kind::kWhole, {}},
      {"the field twice", {"bytes=0-0", "bytes=0-0"}, Kind::kWhole, {}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const RangeChoice choice = ChooseRanges(row.fields, 10, 3);
    CHECK(choice.kind == row.kind);
    CHECK(choice.parts == row.parts);
  }
  CHECK(ChooseRanges({"bytes=0-"}, 0, 3).kind == Kind::kUnsatisfiable);
  CHECK(ChooseRanges({"bytes=-1"}, 0, 3).kind == Kind::kUnsatisfiable);
  CHECK(ChooseRanges({"bytes=0-1"}, 10, 0).kind == Kind::kWhole);
}

}  // namespace
}  // namespace kratos::http
