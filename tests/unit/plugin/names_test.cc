#include "names/file_names.h"

#include <google/protobuf/compiler/cpp/names.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "names/cpp_names.h"
#include "names/keywords.h"
#include "plugin_fixture.h"
#include "support/catch.h"

namespace kratos::plugin {
namespace {

TEST_CASE("every namespace of the runtime's headers is known as its own") {
  constexpr std::string_view kHead = "namespace kratos";
  std::set<std::string> packages;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(KRATOS_INCLUDE_DIR)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream header(entry.path());
    std::string line;
    while (std::getline(header, line)) {
      if (!line.starts_with(kHead)) continue;
      std::string package = "kratos";
      for (const char c : line.substr(kHead.size(), line.find(' ', kHead.size()) - kHead.size())) {
        if (c != ':') {
          package += c;
        } else if (package.back() != '.') {
          package += '.';
        }
      }
      packages.insert(package);
    }
  }
  CHECK(packages.size() > 15);
  CHECK(packages.contains("kratos.json.internal"));
  for (const std::string& package : packages) {
    INFO(package);
    CHECK(IsRuntimePackage(package));
    CHECK_FALSE(IsRuntimePackage(package + ".v1"));
    CHECK_FALSE(IsRuntimePackage(package + "internal"));
  }
  CHECK_FALSE(IsRuntimePackage(""));
  CHECK_FALSE(IsRuntimePackage("internal"));
  CHECK_FALSE(IsRuntimePackage("demo"));
}

TEST_CASE("file names and guards") {
  struct Row {
    const char* path;
    const char* header;
    const char* guard;
  };
  const Row rows[] = {
      {"a.proto", "a.http.pb.h", "A_HTTP_PB_H_"},
      {"helloworld/greeter.proto", "helloworld/greeter.http.pb.h", "HELLOWORLD_GREETER_HTTP_PB_H_"},
      {"a/v1/b.protodevel", "a/v1/b.http.pb.h", "A_V1_B_HTTP_PB_31FFA3C6_H_"},
      {"noext", "noext.http.pb.h", "NOEXT_HTTP_PB_2F66C3F0_H_"},
  };
  for (const Row& row : rows) {
    INFO(row.path);
    CHECK(HeaderName(row.path) == row.header);
    const std::string guard = IncludeGuard(row.path);
    // A hash is checked for its presence, not its digits.
    if (std::string(row.guard).find("_PB_H_") != std::string::npos) {
      CHECK(guard == row.guard);
    } else {
      CHECK(guard.size() == std::string(row.guard).size());
    }
  }
}

TEST_CASE("file names and guards of the gRPC side") {
  CHECK(GrpcHeaderName("a/greeter.proto") == "a/greeter.kratos_grpc.pb.h");
  CHECK(GrpcSourceName("a/greeter.proto") == "a/greeter.kratos_grpc.pb.cc");
  CHECK(GrpcIncludeGuard("a/greeter.proto") == "A_GREETER_KRATOS_GRPC_PB_H_");
  CHECK(GrpcIncludeGuard("a_b.proto") != GrpcIncludeGuard("a/b.proto"));
}

TEST_CASE("guards of different files differ and are identifiers") {
  const char* paths[] = {"a/b.proto",       "a_b.proto",        "a-b.proto", "A/b.proto",
                         "a//b.proto",      "a/B.proto",        "a.b.proto", "a__b.proto",
                         "a/b.protodevel",  "_a/b.proto",       "1/b.proto", "proto/1/b.proto",
                         "proto_1/b.proto", "\xC3\xA4/b.proto", ".proto",    "/.proto"};
  std::set<std::string> guards;
  for (const char* path : paths) {
    const std::string guard = IncludeGuard(path);
    INFO(path << " " << guard);
    CHECK(guards.insert(guard).second);
    CHECK(guard.find("__") == std::string::npos);
    CHECK(guard.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos);
    CHECK((guard[0] >= 'A' && guard[0] <= 'Z'));
  }
}

TEST_CASE("keywords through C++20") {
  for (const char* word :
       {"class", "co_await", "concept", "requires", "char8_t", "NULL", "xor_eq", "alignas"}) {
    INFO(word);
    CHECK(IsKeyword(word));
    CHECK(ResolveKeyword(word) == std::string(word) + '_');
  }
  for (const char* word : {"override", "final", "import", "module", "Class", "name", ""}) {
    INFO(word);
    CHECK_FALSE(IsKeyword(word));
  }
}

TEST_CASE("macros of the C library") {
  for (const char* name :
       {"assert", "EBUSY", "INT_MAX", "UINT_LEAST16_MAX", "LDBL_EPSILON", "SIGTERM", "SIG_DFL",
        "CLOCKS_PER_SEC", "SEEK_SET", "RAND_MAX", "EXIT_FAILURE", "alloca", "strdupa", "LC_ALL"}) {
    INFO(name);
    CHECK(IsCommonMacro(name));
  }
  for (const char* name : {"Assert", "EBusy", "Max", "Get", "EXPORT", ""}) {
    INFO(name);
    CHECK_FALSE(IsCommonMacro(name));
  }
}

TEST_CASE("packages, classes, accessors and constants") {
  CHECK(CppNamespace("") == "");
  CHECK(CppNamespace("foo.class.v1") == "foo::class_::v1");
  CHECK(ClassName({"Outer", "Inner"}) == "Outer_Inner");
  CHECK(ClassName({"class", "Inner"}) == "class__Inner");
  CHECK(AccessorName("Class") == "class_");
  CHECK(AccessorName("pageSize") == "pagesize");
  struct Row {
    const char* name;
    const char* constant;
  };
  for (const Row& row :
       {Row{"page_size", "kPageSizeFieldNumber"}, Row{"foo2bar", "kFoo2BarFieldNumber"},
        Row{"_x", "kXFieldNumber"}, Row{"FOO_bar", "kFOOBarFieldNumber"}}) {
    CHECK(FieldNumberConstant(row.name) == row.constant);
  }
  Field field;
  field.name = "page_size";
  field.number = 7;
  CHECK(FieldNumber("M", field) == "M::kPageSizeFieldNumber");
  field.camel_case_clash = true;
  CHECK(FieldNumber("M", field) == "7 /* page_size */");
}

TEST_CASE("our spelling of messages and fields is protoc's") {
  google::protobuf::FileDescriptorProto proto;
  proto.set_name("words.proto");
  proto.set_package("words.v1");
  // protoc 3.21 leaves out the words of C++20; that is the only difference there may be.
  const char* words[] = {"NULL",          "alignas", "and",          "class",    "delete",
                         "final",         "import",  "int",          "Message",  "namespace",
                         "new",           "nullptr", "operator",     "override", "register",
                         "static_assert", "this",    "thread_local", "wchar_t",  "xor_eq",
                         "Name",          "fooBar",  "foo_bar",      "assert"};
  for (const char* word : words) {
    auto* message = proto.add_message_type();
    message->set_name(word);
    auto* field = message->add_field();
    field->set_name(word);
    field->set_number(1);
    field->set_type(google::protobuf::FieldDescriptorProto::TYPE_BOOL);
    field->set_label(google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL);
    message->add_nested_type()->set_name("Inner");
  }
  google::protobuf::DescriptorPool pool;
  const auto* file = pool.BuildFile(proto);
  REQUIRE(file != nullptr);
  namespace cpp = google::protobuf::compiler::cpp;
  for (int i = 0; i < file->message_type_count(); ++i) {
    const auto* message = file->message_type(i);
    const std::string name(message->name());
    INFO(name);
    CHECK(ClassName({name}) == cpp::ClassName(message));
    CHECK(ClassName({name, "Inner"}) == cpp::ClassName(message->nested_type(0)));
    CHECK(QualifiedClassName(
              {.full_name = "", .package = "words.v1", .nesting = {name}, .file = ""}) ==
          cpp::QualifiedClassName(message));
    CHECK(AccessorName(name) == cpp::FieldName(message->field(0)));
  }
}

const char kClash[] = R"(
message Thing { string name = 1; }
message GreeterServer {}
service A { rpc BC(Thing) returns (Thing) { option (google.api.http) = { get: "/a" }; } }
service AB {
  rpc C(Thing) returns (Thing) { option (google.api.http) = { get: "/b" }; }
  rpc delete(Thing) returns (Thing);
  rpc delete_(Thing) returns (Thing);
  rpc ABServer(Thing) returns (Thing);
  rpc Thing(.demo.Thing) returns (.demo.Thing);
}
service Greeter {}
)";

TEST_CASE("clashes are resolved by rule") {
  std::string text = kClash;
  for (std::size_t at; (at = text.find("(Thing)")) != std::string::npos;)
    text.replace(at, 7, "(.demo.Thing)");
  const File file = testing::Model(testing::Proto3(text));
  const FileNames names = NameFile(file);
  CHECK(names.scope == "demo");
  CHECK(names.services[0].methods[0].operation == "kOperationABC");
  CHECK(names.services[1].methods[0].operation == "kOperationAB_C");
  CHECK(names.services[0].methods[0].handlers == std::vector<std::string>{"HandleABC0"});
  CHECK(names.services[1].methods[0].handlers == std::vector<std::string>{"HandleAB_C_0"});
  CHECK(names.services[1].methods[1].function == "delete__");
  CHECK(names.services[1].methods[2].function == "delete_");
  CHECK(names.services[1].methods[3].function == "ABServer_");
  CHECK(names.services[2].server_class == "GreeterServer_");
  CHECK(names.adjusted.size() == 2);
  // A method called Thing hides the message inside the classes.
  CHECK(SpellClass(file.services[0].methods[0].request, file, names) == "::demo::Thing");
}

TEST_CASE("the gRPC side's names are kept free, and spoken of where it is printed") {
  const File file = testing::Model(
      testing::Proto3("message M {} message SGrpcClient {}"
                      "service S { rpc SForwarder(M) returns (M); rpc MakeSForwarder(M) returns "
                      "(M); }"));
  FileNames plain = NameFile(file, false);
  const FileNames grpc = NameFile(file, true);
  CHECK(grpc.services[0].grpc_client_class == "SGrpcClient_");
  CHECK(grpc.services[0].methods[0].function == "SForwarder_");
  CHECK(grpc.services[0].methods[1].function == "MakeSForwarder_");
  CHECK(plain.adjusted.empty());
  CHECK(grpc.adjusted.size() == 1);
  plain.adjusted = grpc.adjusted;
  CHECK(plain == grpc);
}

}  // namespace
}  // namespace kratos::plugin
