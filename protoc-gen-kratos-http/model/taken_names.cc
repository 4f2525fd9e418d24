#include "model/taken_names.h"

#include <google/protobuf/descriptor.h>

namespace kratos::plugin {
namespace {

using google::protobuf::FileDescriptor;
using google::protobuf::ServiceDescriptor;

void AddService(const ServiceDescriptor& service, NameSet* names) {
  const std::string name(service.name());
  names->insert(name + "Server");
  names->insert(name + "HttpClient");
  names->insert("Register" + name + "HttpServer");
  names->insert(name + "GrpcClient");
  names->insert("Register" + name + "GrpcServer");
  names->insert("Make" + name + "Forwarder");
  names->insert("kService" + name);
  for (int i = 0; i < service.method_count(); ++i) {
    names->insert("kOperation" + name + std::string(service.method(i)->name()));
  }
}

}  // namespace

NameSet TakenNames(const FileDescriptor& file) {
  // Only services add names of ours, and large files without any are common.
  if (file.service_count() == 0) return {};
  NameSet names = DeclaredNames(file);
  ForEachFileOfPackage(file, [&](const FileDescriptor& part) {
    if (&part == &file) return;
    for (int i = 0; i < part.service_count(); ++i) AddService(*part.service(i), &names);
  });
  return names;
}

}  // namespace kratos::plugin
