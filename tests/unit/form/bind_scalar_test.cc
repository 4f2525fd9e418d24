// Scalars: which spellings are read, and which are a 400 that names the field.
#include <limits>

#include "unit/form/support.h"

namespace kratos::form::test {
namespace {

TEST_CASE("scalars are read in these spellings") {
  std::vector<Good> rows = {
      {"proto name", "user_name=ann", "user_name: 'ann'"},
      {"JSON name", "userName=ann", "user_name: 'ann'"},
      {"negative", "count=-5", "count: -5"},
      {"plus sign", "count=%2B5", "count: 5"},
      {"leading zeros", "count=007", "count: 7"},
      {"whole number with a point", "count=1.0", "count: 1"},
      {"whole number with an exponent", "count=1e2", "count: 100"},
      {"smallest", "bigCount=-9223372036854775808", "big_count: -9223372036854775808"},
      {"largest", "huge=18446744073709551615", "huge: 18446744073709551615"},
      {"uint32", "small=4294967295", "small: 4294967295"},
      {"sint64", "zigzag=-3", "zigzag: -3"},
      {"fixed64", "fixed=3", "fixed: 3"},
      {"float", "ratio=0.1", "ratio: 0.1"},
      {"double exponent", "precise=-1.5e-3", "precise: -0.0015"},
      {"nan", "precise=nan", "precise: nan"},
      {"infinity", "precise=Infinity", "precise: inf"},
      {"inf in any case", "precise=-INF", "precise: -inf"},
      {"enum by name", "color=BLUE", "color: BLUE"},
      {"enum by number", "color=5", "color: BLUE"},
      {"undefined number of an open enum is kept", "color=77", "color: 77"},
      {"negative enum number", "color=-1", "color: -1"},
      {"null value by name", "nullValue=NULL_VALUE&maybe=1", "maybe: 1"},
      {"null value as Go sends it", "nullValue=null&maybe=1", "maybe: 1"},
      {"quotes belong to the string", "user_name=%22a%22", "user_name: '\"a\"'"},
      {"zero byte", "user_name=a%00b", "user_name: 'a\\000b'"},
      {"explicit zero of an optional", "maybe=0", "maybe: 0"},
      {"the last of the oneof's kinds", "shade=RED", "shade: RED"},
  };
  for (const std::string yes : {"1", "t", "T", "true", "True", "TRUE"}) {
    rows.push_back({"bool", "flag=" + yes, "flag: true"});
  }
  for (const std::string no : {"0", "f", "F", "false", "False", "FALSE"}) {
    rows.push_back({"bool", "w_bool=" + no, "w_bool { value: false }"});
  }
  for (const Good& row : rows) CheckGood(row);
}

TEST_CASE("other spellings of scalars are errors that name the field") {
  const Bad rows[] = {
      {"word", "count=x", "count"},
      {"the path has proto names", "bigCount=x", "big_count"},
      {"fraction", "count=1.5", "count"},
      {"out of range", "count=2147483648", "count"},
      {"out of range below", "count=-2147483649", "count"},
      {"negative unsigned", "small=-1", "small"},
      {"too large for 64 bits", "huge=18446744073709551616", "huge"},
      {"hexadecimal", "count=0x10", "count"},
      {"white space", "count=+1", "count"},
      {"trailing text", "count=1a", "count"},
      {"quoted number", "count=%221%22", "count"},
      {"hexadecimal float", "precise=0x1p3", "precise"},
      {"float out of range", "ratio=1e39", "ratio"},
      {"double out of range", "precise=1e309", "precise"},
      {"bool word", "flag=yes", "flag"},
      {"bool number", "flag=2", "flag"},
      {"bool case", "flag=tRUE", "flag"},
      {"enum word", "color=GREEN", "color"},
      {"enum case", "color=blue", "color"},
      {"enum too large", "color=2147483648", "color"},
      {"nested", "sub.size=x", "sub.size"},
  };
  for (const Bad& row : rows) CheckBad(row);
}

TEST_CASE("K11: empty query value sets presence") {
  const Good good[] = {
      {"string", "user_name=", ""},
      {"optional string", "nick=", "nick: ''"},
      {"optional bytes", "blob=", "blob: ''"},
      {"no equals sign", "nick", "nick: ''"},
      {"StringValue", "w_string=", "w_string { }"},
      {"BytesValue", "w_bytes=", "w_bytes { }"},
      {"Value", "value=", "value { string_value: '' }"},
      {"mask", "mask=", "mask { }"},
      {"Empty", "nothing=", "nothing { }"},
      {"oneof member", "text=", "text: ''"},
      {"element of a list", "words=&words=a", "words: '' words: 'a'"},
  };
  for (const Good& row : good) CheckGood(row);
  for (const std::string name :
       {"flag",     "count",   "big_count", "small", "huge", "ratio",  "precise",
        "color",    "maybe",   "tint",      "when",  "span", "w_bool", "w_int32",
        "w_double", "numbers", "shape",     "list",  "any",  "sub"}) {
    CheckBad({"empty", name + "=", name});
  }
}

TEST_CASE("K12: bytes are read in both alphabets, padded or not") {
  const Good good[] = {
      {"standard, padded", "raw_data=%2B%2F%2F%2BAA==", "raw_data: '\\373\\377\\376\\000'"},
      {"standard, not padded", "raw_data=%2B%2F%2F%2BAA", "raw_data: '\\373\\377\\376\\000'"},
      {"URL-safe, padded", "raw_data=-__-AA==", "raw_data: '\\373\\377\\376\\000'"},
      {"URL-safe, not padded", "rawData=-__-AA", "raw_data: '\\373\\377\\376\\000'"},
      {"BytesValue", "w_bytes=-__-AA", "w_bytes { value: '\\373\\377\\376\\000' }"},
  };
  for (const Good& row : good) CheckGood(row);
  const Bad bad[] = {
      {"mixed alphabets", "raw_data=%2B__-AA", "raw_data"},
      {"white space", "raw_data=AA+A", "raw_data"},
      {"not base64", "raw_data=*", "raw_data"},
      {"half a group", "raw_data=A", "raw_data"},
  };
  for (const Bad& row : bad) CheckBad(row);
}

TEST_CASE("strings and names that are not UTF-8 are refused, wherever the pairs come from") {
  Everything message;
  CHECK_FALSE(Bind({{"user_name", "\xff"}}, {}, &message).ok());
  CHECK_FALSE(Bind({{"labels[\xff]", "x"}}, {}, &message).ok());
  CHECK_FALSE(Bind({{"\xff", "x"}}, {}, &message).ok());
  CHECK_FALSE(Bind({{"value", "\xff"}}, {}, &message).ok());
  CHECK_FALSE(Bind({{"w_string", "\xff"}}, {}, &message).ok());
}

TEST_CASE("proto2: closed enums, groups, defaults and extensions") {
  const Good good[] = {
      {"enum", "closed=SECOND", "closed: SECOND"},
      {"enum number", "closed=2", "closed: SECOND"},
      {"group", "inner.depth=3", "Inner { depth: 3 }"},
      {"default is only a default", "with_default=7", "with_default: 7"},
      {"extension", "[kratos.form.test.note]=x", "[kratos.form.test.note]: 'x'"},
      {"repeated extension", "[kratos.form.test.marks]=1&[kratos.form.test.marks]=2",
       "[kratos.form.test.marks]: 1 [kratos.form.test.marks]: 2"},
      {"unknown extension", "[nope.nope]=x&label=y", "label: 'y'"},
  };
  for (Good row : good) {
    row.query += "&id=1";
    row.message += " id: '1'";
    CheckGood<Old>(row);
  }
  CheckBad<Old>({"undefined number of a closed enum", "closed=3", "closed"});
  CheckBad<Old>({"in a list", "many=1&many=3", "many"});
  CheckBad<Old>({"extension", "[kratos.form.test.marks]=x", "[kratos.form.test.marks]"});
}

}  // namespace
}  // namespace kratos::form::test
