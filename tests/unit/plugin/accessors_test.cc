#include "model/accessors.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "names/cpp_names.h"
#include "support/catch.h"

namespace kratos::plugin {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptorProto;

using Names = std::vector<std::string>;

// A message with these fields and, with a name, a oneof of one more.
const google::protobuf::Descriptor& Build(const Names& fields, const std::string& oneof,
                                          google::protobuf::DescriptorPool* pool) {
  FileDescriptorProto file;
  file.set_name("a.proto");
  DescriptorProto* message = file.add_message_type();
  message->set_name("A");
  const auto add = [&](const std::string& name) {
    FieldDescriptorProto* field = message->add_field();
    field->set_name(name);
    field->set_number(message->field_size());
    field->set_type(FieldDescriptorProto::TYPE_INT32);
    field->set_label(FieldDescriptorProto::LABEL_OPTIONAL);
    return field;
  };
  for (const std::string& field : fields) add(field);
  if (!oneof.empty()) {
    message->add_oneof_decl()->set_name(oneof);
    add("member")->set_oneof_index(0);
  }
  const auto* built = pool->BuildFile(file);
  REQUIRE(built != nullptr);
  return *built->message_type(0);
}

// Whether each of the fields is unambiguous.
std::vector<bool> Unambiguous(const Names& fields, const std::string& oneof = "") {
  google::protobuf::DescriptorPool pool;
  const Accessors accessors(Build(fields, oneof, &pool));
  std::vector<bool> out;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    out.push_back(accessors.IsUnambiguous(static_cast<int>(i)));
  }
  return out;
}

// Everything that protoc may call an accessor of something with this name.
std::set<std::string> Made(const std::string& name) {
  std::set<std::string> out = {name, name + "_size", name + "_case"};
  for (const char* prefix :
       {"has_", "set_", "mutable_", "clear_", "add_", "release_", "set_allocated_",
        "unsafe_arena_set_allocated_", "unsafe_arena_release_", "_internal_"}) {
    out.insert(prefix + name);
  }
  return out;
}

// The same by trying every accessor there can be.
std::vector<bool> UnambiguousByTrial(const Names& fields, const std::string& oneof = "") {
  Names makers;
  for (const std::string& field : fields) makers.push_back(AccessorName(field));
  if (!oneof.empty()) makers.insert(makers.end(), {"member", oneof});
  std::vector<bool> out;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    bool alone = true;
    for (const char* prefix : {"", "has_", "set_", "mutable_"}) {
      for (std::size_t j = 0; j < makers.size(); ++j) {
        if (j != i && Made(makers[j]).count(prefix + makers[i]) > 0) alone = false;
      }
    }
    out.push_back(alone);
  }
  return out;
}

TEST_CASE("a field whose accessor another field makes is ambiguous") {
  CHECK(Unambiguous({"x", "y", "x_y"}) == std::vector<bool>{true, true, true});
  CHECK(Unambiguous({"x", "has_x", "ok"}) == std::vector<bool>{false, false, true});
  CHECK(Unambiguous({"x", "X", "ok"}) == std::vector<bool>{false, false, true});
  CHECK(Unambiguous({"x", "x_size", "ok"}) == std::vector<bool>{true, false, true});
  // set_allocated_x is an accessor of both, has_size as well.
  CHECK(Unambiguous({"x", "allocated_x"}) == std::vector<bool>{true, false});
  CHECK(Unambiguous({"has", "size"}) == std::vector<bool>{true, false});
  CHECK(Unambiguous({"x", "y"}, "clear_x") == std::vector<bool>{true, true});
  CHECK(Unambiguous({"has_x", "y"}, "x") == std::vector<bool>{false, true});
  CHECK(Unambiguous({"unknown_fields", "y"}) == std::vector<bool>{false, true});
}

TEST_CASE("fields are ambiguous exactly when an accessor is made twice") {
  const Names names = {"x",           "X",         "has_x",         "set_x",
                       "mutable_x",   "clear_x",   "add_x",         "release_x",
                       "allocated_x", "x_size",    "x_case",        "set_allocated_x",
                       "_internal_x", "size",      "case",          "arena_release_x",
                       "has",         "set",       "mutable",       "unsafe_arena_release_x",
                       "class",       "has_class", "set_case_size", "unsafe_arena_set_allocated_x"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t j = 0; j < names.size(); ++j) {
      if (i == j) continue;
      INFO(names[i] << ' ' << names[j]);
      const Names pair = {names[i], "plain", names[j]};
      CHECK(Unambiguous(pair) == UnambiguousByTrial(pair));
      const Names one = {names[i], "plain"};
      CHECK(Unambiguous(one, names[j]) == UnambiguousByTrial(one, names[j]));
    }
  }
}

}  // namespace
}  // namespace kratos::plugin
