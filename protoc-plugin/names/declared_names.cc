#include "names/declared_names.h"

#include <google/protobuf/descriptor.h>

#include <set>
#include <vector>

#include "names/keywords.h"
#include "names/proto_names.h"

namespace kratos::plugin {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

class Collector {
 public:
  void AddFile(const FileDescriptor& file) {
    for (int i = 0; i < file.message_type_count(); ++i) AddMessage(*file.message_type(i), "");
    for (int i = 0; i < file.enum_type_count(); ++i) AddEnum(*file.enum_type(i), "");
    for (int i = 0; i < file.extension_count(); ++i) AddExtension(*file.extension(i));
    for (int i = 0; i < file.service_count(); ++i) {
      // The class of gRPC's and of protobuf's own generic services.
      const std::string name(file.service(i)->name());
      names_.insert(name);
      names_.insert(name + "_Stub");
    }
  }

  /// Of "inner.v1", a package below the file's: "inner".
  void AddNamespace(const std::string& below) {
    names_.insert(ResolveKeyword(below.substr(0, below.find('.'))));
  }

  NameSet Take() { return std::move(names_); }

 private:
  void AddMessage(const Descriptor& message, const std::string& outer) {
    const std::string name = NestedClassName(outer, message.name());
    names_.insert(name);
    names_.insert(name + "DefaultTypeInternal");
    for (int i = 0; i < message.nested_type_count(); ++i) {
      AddMessage(*message.nested_type(i), name);
    }
    for (int i = 0; i < message.enum_type_count(); ++i) AddEnum(*message.enum_type(i), name);
  }

  void AddEnum(const EnumDescriptor& type, const std::string& outer) {
    const std::string name = NestedClassName(outer, type.name());
    names_.insert(name);
    for (const char* suffix : {"_Name", "_Parse", "_IsValid", "_MIN", "_MAX", "_ARRAYSIZE",
                               "_descriptor", "_internal_data_"}) {
      names_.insert(name + suffix);
    }
    for (int i = 0; i < type.value_count(); ++i) {
      const std::string value = ResolveKeyword(type.value(i)->name());
      names_.insert(outer.empty() ? value : name + '_' + value);
    }
  }

  void AddExtension(const FieldDescriptor& extension) {
    names_.insert(ResolveKeyword(extension.name()));
    names_.insert(FieldNumberConstant(extension.name()));
  }

  NameSet names_;
};

/// Calls `visit` for `root` and its transitive imports, each once, `root` first.
void ForEachFile(const FileDescriptor& root,
                 const std::function<void(const FileDescriptor&)>& visit) {
  std::set<const FileDescriptor*> seen = {&root};
  std::vector<const FileDescriptor*> queue = {&root};
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const FileDescriptor& file = *queue[i];
    visit(file);
    for (int d = 0; d < file.dependency_count(); ++d) {
      const FileDescriptor* import = file.dependency(d);
      if (import != nullptr && seen.insert(import).second) queue.push_back(import);
    }
  }
}

/// True for `a.b.c` within `a.b`, within itself and within no package.
bool IsWithin(const std::string& package, const std::string& outer) {
  return outer.empty() || package == outer || package.starts_with(outer + '.');
}

}  // namespace

NameSet DeclaredNames(const FileDescriptor& file) {
  Collector collector;
  const std::string package(file.package());
  ForEachFile(file, [&](const FileDescriptor& part) {
    const std::string other(part.package());
    if (other == package) {
      collector.AddFile(part);
    } else if (IsWithin(other, package)) {
      collector.AddNamespace(other.substr(package.empty() ? 0 : package.size() + 1));
    }
  });
  return collector.Take();
}

NameSet VisibleExtensions(const FileDescriptor& file) {
  NameSet names;
  const std::string package(file.package());
  ForEachFile(file, [&](const FileDescriptor& part) {
    if (!IsWithin(package, std::string(part.package()))) return;
    for (int i = 0; i < part.extension_count(); ++i) {
      names.insert(ResolveKeyword(part.extension(i)->name()));
    }
  });
  return names;
}

void ForEachFileOfPackage(const FileDescriptor& root,
                          const std::function<void(const FileDescriptor&)>& visit) {
  ForEachFile(root, [&](const FileDescriptor& file) {
    if (file.package() == root.package()) visit(file);
  });
}

}  // namespace kratos::plugin
