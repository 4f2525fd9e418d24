// Messages of descriptor pools other than the one compiled in.
#include <memory>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>

#include "json_test.pb.h"
#include "support.h"
#include "support/catch.h"

namespace kratos::json::test {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::DynamicMessageFactory;
using google::protobuf::FileDescriptorProto;

// A file with one message `m.M` of one int32 field called `name`.
FileDescriptorProto OneField(const std::string& name) {
  FileDescriptorProto file;
  file.set_name("m.proto");
  file.set_package("m");
  file.set_syntax("proto3");
  auto* message = file.add_message_type();
  message->set_name("M");
  auto* field = message->add_field();
  field->set_name(name);
  field->set_number(1);
  field->set_type(google::protobuf::FieldDescriptorProto::TYPE_INT32);
  field->set_label(google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL);
  return file;
}

void CopyFile(const google::protobuf::FileDescriptor& file, DescriptorPool* pool) {
  if (pool->FindFileByName(std::string(file.name())) != nullptr) return;
  for (int i = 0; i < file.dependency_count(); ++i) CopyFile(*file.dependency(i), pool);
  FileDescriptorProto proto;
  file.CopyTo(&proto);
  file.CopyJsonNameTo(&proto);
  REQUIRE(pool->BuildFile(proto) != nullptr);
}

TEST_CASE("pools may come and go: no plan outlives its descriptor") {
  for (int i = 0; i < 200; ++i) {
    const std::string name = "field_" + std::string(1, static_cast<char>('a' + i % 26));
    DescriptorPool pool;
    const auto* file = pool.BuildFile(OneField(name));
    REQUIRE(file != nullptr);
    DynamicMessageFactory factory;
    const std::unique_ptr<google::protobuf::Message> message(
        factory.GetPrototype(file->message_type(0))->New());
    REQUIRE_FALSE(Decode("{\"" + name + "\":5}", Strict(), message.get()));
    EncodeOptions options;
    options.proto_names = true;
    CHECK(Print(*message, options) == "{\"" + name + "\":5}");
  }
}

TEST_CASE("dynamic messages, their well-known types and their Anys") {
  DescriptorPool pool;
  CopyFile(*Everything::descriptor()->file(), &pool);
  DynamicMessageFactory factory;
  const auto* type = pool.FindMessageTypeByName("kratos.json.test.Everything");
  REQUIRE(type != nullptr);
  const std::unique_ptr<google::protobuf::Message> message(factory.GetPrototype(type)->New());
  const std::string text =
      R"({"scalars":{"anInt64":"1"},"itemMap":{"k":{"name":"n"}},"choiceNull":null,)"
      R"("at":"1970-01-01T00:00:00Z","aStruct":{"a":[1,null]},)"
      R"("anAny":{"@type":"x/kratos.json.test.Everything","anAny":{"@type":"x/google.protobuf.Duration","value":"1s"}},)"
      R"("wrappedBool":true})";
  REQUIRE(Summary(Decode(text, Strict(), message.get())).empty());
  CHECK(Print(*message) == text);
}

TEST_CASE("an Any is resolved in the pool of its message") {
  DescriptorPool pool;
  CopyFile(*google::protobuf::Any::descriptor()->file(), &pool);
  REQUIRE(pool.BuildFile(OneField("number")) != nullptr);
  DynamicMessageFactory factory;
  const std::unique_ptr<google::protobuf::Message> any(
      factory.GetPrototype(pool.FindMessageTypeByName("google.protobuf.Any"))->New());
  const std::string known = R"({"@type":"x/m.M","number":5})";
  REQUIRE_FALSE(Decode(known, Strict(), any.get()));
  CHECK(Print(*any) == known);
  // This type is compiled in, but that pool does not have it.
  CHECK(Summary(Decode(R"({"@type":"x/kratos.json.test.Item"})", {}, any.get())) ==
        "@type bad-value");
  google::protobuf::Any compiled_in;
  CHECK(Summary(Decode(known, {}, &compiled_in)) == "@type bad-value");
}

TEST_CASE("a pool's own idea of a well-known type is an ordinary message") {
  FileDescriptorProto file = OneField("oddity");
  file.set_package("google.protobuf");
  for (const char* name : {"Timestamp", "Any", "Value", "Struct", "ListValue", "FieldMask", "Empty",
                           "BoolValue", "Duration"}) {
    INFO(name);
    file.mutable_message_type(0)->set_name(name);
    DescriptorPool pool;
    const auto* built = pool.BuildFile(file);
    REQUIRE(built != nullptr);
    DynamicMessageFactory factory;
    const std::unique_ptr<google::protobuf::Message> message(
        factory.GetPrototype(built->message_type(0))->New());
    REQUIRE_FALSE(Decode(R"({"oddity":5})", Strict(), message.get()));
    CHECK(Print(*message) == R"({"oddity":5})");
  }
}

}  // namespace
}  // namespace kratos::json::test
