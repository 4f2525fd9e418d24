#include "http/update_mask.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/text_format.h>

#include <memory>
#include <string>

#include "support/catch.h"

namespace kratos::http {
namespace {

using google::protobuf::Descriptor;

// A message whose fields are written as in "google.protobuf.FieldMask update_mask".
class Schema {
 public:
  explicit Schema(const std::string& fields)
      : pool_(google::protobuf::DescriptorPool::generated_pool()) {
    google::protobuf::FieldMask::descriptor();  // Links the imported file in.
    google::protobuf::FileDescriptorProto file;
    REQUIRE(google::protobuf::TextFormat::ParseFromString(
        "name: 'test.proto' syntax: 'proto3' dependency: 'google/protobuf/field_mask.proto' "
        "message_type { name: 'M' " +
            fields + " }",
        &file));
    const auto* built = pool_.BuildFile(file);
    REQUIRE(built != nullptr);
    message_ = built->message_type(0);
  }
  const Descriptor& message() const { return *message_; }

 private:
  google::protobuf::DescriptorPool pool_;
  const Descriptor* message_ = nullptr;
};

std::string Mask(const std::string& name, int number, const std::string& label = "LABEL_OPTIONAL") {
  return "field { name: '" + name + "' number: " + std::to_string(number) + " label: " + label +
         " type: TYPE_MESSAGE type_name: '.google.protobuf.FieldMask' } ";
}

TEST_CASE("update mask: K17, which field is the mask") {
  const struct {
    const char* name;
    std::string fields;
    const char* found;
  } rows[] = {
      {"the usual name", Mask("update_mask", 1), "update_mask"},
      {"the only one, by another name", Mask("fields", 1), "fields"},
      {"the usual name among several", Mask("read_mask", 1) + Mask("update_mask", 2),
       "update_mask"},
      {"several and none has the name", Mask("read_mask", 1) + Mask("write_mask", 2), ""},
      {"repeated does not count", Mask("update_mask", 1, "LABEL_REPEATED"), ""},
      {"none", "field { name: 'update_mask' number: 1 label: LABEL_OPTIONAL type: TYPE_STRING }",
       ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const Schema schema(row.fields);
    const auto* found = FindUpdateMask(schema.message());
    CHECK((found == nullptr ? "" : found->name()) == row.found);
  }
}

TEST_CASE("update mask: K17, whether the query names it") {
  const Schema schema(Mask("update_mask", 1));
  const auto& field = *FindUpdateMask(schema.message());
  CHECK(NamesField({{"update_mask", ""}}, field));
  CHECK(NamesField({{"updateMask", "a"}}, field));
  CHECK(NamesField({{"a", ""}, {"update_mask.paths", "a"}}, field));
  CHECK(NamesField({{"updateMask[0]", "a"}}, field));
  CHECK_FALSE(NamesField({}, field));
  CHECK_FALSE(NamesField({{"update_mas", ""}, {"update_mask2", ""}, {"a.update_mask", ""}}, field));
}

TEST_CASE("update mask: K17, setting replaces what is there, in dynamic messages too") {
  const Schema schema(Mask("update_mask", 1));
  const auto& field = *FindUpdateMask(schema.message());
  google::protobuf::DynamicMessageFactory factory;
  const std::unique_ptr<google::protobuf::Message> message(
      factory.GetPrototype(&schema.message())->New());
  SetMask({"old"}, field, message.get());
  SetMask({"title", "author.name"}, field, message.get());
  CHECK(message->ShortDebugString() == "update_mask { paths: \"title\" paths: \"author.name\" }");
}

}  // namespace
}  // namespace kratos::http
