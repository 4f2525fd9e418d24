#include "unit/codec/support.h"

namespace kratos::codec::test {
namespace {

TEST_CASE("form bodies") {
  const auto codec = FormCodec();
  CHECK(codec->name() == "x-www-form-urlencoded");
  const std::string text = "count=1&sub.name=a+b&words=x&words=y";
  const std::string message = "count: 1 sub { name: 'a b' } words: 'x' words: 'y'";
  CHECK(Encoded(*codec, FromText<Everything>(message)) == text);
  CheckReads(*codec, text, message);
  CheckReads(*codec, "", "");
  CheckReads(*codec, "nope=1&nick=", "nick: ''");
}

TEST_CASE("K18: single fields as forms") {
  const auto codec = FormCodec();
  struct Row {
    const char* field;
    const char* text;
    const char* message;
  };
  const Row rows[] = {
      {"sub", "name=a&size=1", "sub { name: 'a' size: 1 }"},
      {"count", "count=3", "count: 3"},
      {"words", "words=a&words=b", "words: 'a' words: 'b'"},
      {"labels", "labels%5Bk%5D=v", "labels { key: 'k' value: 'v' }"},
      {"items", "items%5B0%5D.name=a", "items { name: 'a' }"},
      {"when", "when=1970-01-01T00%3A00%3A01Z", "when { seconds: 1 }"},
  };
  for (const Row& row : rows) {
    INFO(row.field);
    auto message = FromText<Everything>(row.message);
    CheckReads(*codec, row.text, row.message, Field(row.field));
    message.set_user_name("not asked for");
    CHECK(Encoded(*codec, message, Field(row.field)) == row.text);
  }
  CheckReads(*codec, "words=a&count=3", "words: 'a'", Field("words"));
}

TEST_CASE("form errors name the field") {
  const auto codec = FormCodec();
  CheckRefuses(*codec, "sub.size=x", "body: sub.size: ");
  CheckRefuses(*codec, "size=x", "body: size: ", Field("sub"));
  CheckRefuses(*codec, "a=%zz", "body: ");
  CheckRefuses(*codec, "userName=%ff", "user");
  DecodeOptions strict;
  strict.ignore_unknown = false;
  CheckRefuses(*codec, "nope=1", "body: nope: ", nullptr, strict);
  CheckRefuses(*codec, "count=1", "body: count: ", Field("words"), strict);
  CheckCannotEncode(*codec, FromText<Everything>("when { seconds: 999999999999999 }"));
}

}  // namespace
}  // namespace kratos::codec::test
