#include "unit/codec/support.h"

namespace kratos::codec::test {
namespace {

TEST_CASE("binary messages") {
  const auto codec = ProtoCodec();
  const auto message = FromText<Everything>("user_name: 'a' items { name: 'x' } count: -3");
  CHECK(codec->name() == "proto");
  CHECK(Encoded(*codec, message) == message.SerializeAsString());
  CheckReads(*codec, message.SerializeAsString(), message.ShortDebugString());
  CheckReads(*codec, "", "");
}

TEST_CASE("K18: single fields in binary") {
  const auto codec = ProtoCodec();
  const auto message = FromText<Everything>(
      "count: 3 user_name: 'secret' words: 'a' words: 'b' labels { key: 'k' value: 'v' } "
      "sub { name: 'n' } items { name: 'i' } numbers: 1 numbers: 2 text: 't'");
  // A message is its own bytes.
  CHECK(Encoded(*codec, message, Field("sub")) == message.sub().SerializeAsString());
  CheckReads(*codec, message.sub().SerializeAsString(), "sub { name: 'n' }", Field("sub"));
  CHECK(Encoded(*codec, Everything(), Field("sub")).empty());
  // Anything else is a message of the type around it with nothing else set.
  struct Row {
    const char* field;
    const char* message;
  };
  const Row rows[] = {
      {"count", "count: 3"},
      {"words", "words: 'a' words: 'b'"},
      {"labels", "labels { key: 'k' value: 'v' }"},
      {"items", "items { name: 'i' }"},
      {"numbers", "numbers: 1 numbers: 2"},
      {"text", "text: 't'"},
      {"nick", ""},
  };
  for (const Row& row : rows) {
    INFO(row.field);
    const std::string bytes = Encoded(*codec, message, Field(row.field));
    CHECK(bytes == FromText<Everything>(row.message).SerializeAsString());
    CheckReads(*codec, bytes, row.message, Field(row.field));
    // What does not belong to the field is left out when reading, too.
    CheckReads(*codec, message.SerializeAsString(), row.message, Field(row.field));
  }
}

TEST_CASE("broken binary is 400") {
  const auto codec = ProtoCodec();
  const std::string bytes =
      FromText<Everything>("user_name: 'abc' sub { name: 'n' }").SerializeAsString();
  for (const auto* field : {static_cast<const google::protobuf::FieldDescriptor*>(nullptr),
                            Field("sub"), Field("words")}) {
    CheckRefuses(*codec, bytes.substr(0, bytes.size() - 1), "binary form", field);
    CheckRefuses(*codec, "\x07", "binary form", field);  // wire type 7
    CheckRefuses(*codec, "\x0c", "binary form", field);  // end of a group that never began
    CheckRefuses(*codec, std::string(1000, '\x0b'), "binary form", field);  // never closed
    CheckRefuses(*codec, "\x0a\xff\xff\xff\xff\x0f", "binary form", field);
    CheckRefuses(*codec, "\x80", "binary form", field);
  }
  CheckRefuses(*codec, std::string("\x42\x01\xff", 3), "binary form");  // user_name is not UTF-8
  Everything deep;
  Leaf* leaf = deep.mutable_sub();
  for (int i = 0; i < 150; ++i) leaf = leaf->mutable_next();
  CheckRefuses(*codec, deep.SerializeAsString(), "binary form");
}

TEST_CASE("proto2: required fields") {
  const auto codec = ProtoCodec();
  Old old;
  const Status status = codec->Decode("", nullptr, {}, &old);
  CHECK(status.code() == 400);
  CHECK(status.message() == "body: required fields are missing: id");
  CheckCannotEncode(*codec, old);
  old.set_id("1");
  const std::string bytes = Encoded(*codec, old);
  Old back;
  CHECK(codec->Decode(bytes, nullptr, {}, &back).ok());
  CHECK(back.id() == "1");
}

}  // namespace
}  // namespace kratos::codec::test
