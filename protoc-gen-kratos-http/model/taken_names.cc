#include "model/taken_names.h"

#include <google/protobuf/descriptor.h>

#include <set>
#include <string_view>

#include "names/cpp_names.h"
#include "names/keywords.h"

namespace kratos::plugin {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::ServiceDescriptor;

class Collector {
 public:
  void AddFileAndImports(const FileDescriptor& root) {
    std::set<const FileDescriptor*> seen = {&root};
    std::vector<const FileDescriptor*> queue = {&root};
    for (std::size_t i = 0; i < queue.size(); ++i) {
      const FileDescriptor& file = *queue[i];
      if (file.package() == root.package()) AddFile(file, &file == &root);
      for (int d = 0; d < file.dependency_count(); ++d) {
        const FileDescriptor* import = file.dependency(d);
        if (import != nullptr && seen.insert(import).second) queue.push_back(import);
      }
    }
  }

  std::vector<std::string> Sorted() const { return {names_.begin(), names_.end()}; }

 private:
  void AddFile(const FileDescriptor& file, bool is_root) {
    for (int i = 0; i < file.message_type_count(); ++i) AddMessage(*file.message_type(i), {});
    for (int i = 0; i < file.enum_type_count(); ++i) AddEnum(*file.enum_type(i), {});
    for (int i = 0; i < file.extension_count(); ++i) AddExtension(*file.extension(i));
    for (int i = 0; i < file.service_count(); ++i) AddService(*file.service(i), is_root);
  }

  void AddMessage(const Descriptor& message, std::vector<std::string> nesting) {
    nesting.emplace_back(message.name());
    const std::string name = ClassName(nesting);
    names_.insert(name);
    names_.insert(name + "DefaultTypeInternal");
    for (int i = 0; i < message.nested_type_count(); ++i) {
      AddMessage(*message.nested_type(i), nesting);
    }
    for (int i = 0; i < message.enum_type_count(); ++i) AddEnum(*message.enum_type(i), nesting);
  }

  void AddEnum(const EnumDescriptor& type, std::vector<std::string> nesting) {
    const bool nested = !nesting.empty();
    nesting.emplace_back(type.name());
    const std::string name = ClassName(nesting);
    names_.insert(name);
    for (const char* suffix : {"_Name", "_Parse", "_IsValid", "_MIN", "_MAX", "_ARRAYSIZE",
                               "_descriptor", "_internal_data_"}) {
      names_.insert(name + suffix);
    }
    for (int i = 0; i < type.value_count(); ++i) {
      const std::string value = ResolveKeyword(type.value(i)->name());
      names_.insert(nested ? name + '_' + value : value);
    }
  }

  void AddExtension(const FieldDescriptor& extension) {
    names_.insert(ResolveKeyword(extension.name()));
    names_.insert(FieldNumberConstant(extension.name()));
  }

  void AddService(const ServiceDescriptor& service, bool is_root) {
    const std::string name(service.name());
    names_.insert(name);  // The class of gRPC's and of protobuf's own generic services.
    names_.insert(name + "_Stub");
    if (is_root) return;
    names_.insert(name + "Server");
    names_.insert(name + "HttpClient");
    names_.insert("Register" + name + "HttpServer");
    names_.insert(name + "GrpcClient");
    names_.insert("Register" + name + "GrpcServer");
    names_.insert("Make" + name + "Forwarder");
    names_.insert("kService" + name);
    for (int i = 0; i < service.method_count(); ++i) {
      names_.insert("kOperation" + name + std::string(service.method(i)->name()));
    }
  }

  std::set<std::string> names_;
};

}  // namespace

std::vector<std::string> TakenNames(const FileDescriptor& file) {
  // Only services add names of ours, and large files without any are common.
  if (file.service_count() == 0) return {};
  Collector collector;
  collector.AddFileAndImports(file);
  return collector.Sorted();
}

}  // namespace kratos::plugin
