#include "model/taken_names.h"

#include <google/protobuf/descriptor.h>

#include <map>
#include <utility>

#include "names/file_names.h"

namespace kratos::plugin {
namespace {

using google::protobuf::FileDescriptor;
using google::protobuf::ServiceDescriptor;

/// What the headers of a file's services declare, by file.
using GivenNames = std::map<const FileDescriptor*, NameSet>;

const NameSet& NamesGivenTo(const FileDescriptor& file, GivenNames* given);

NameSet TakenNames(const FileDescriptor& file, GivenNames* given) {
  NameSet names = DeclaredNames(file);
  ForEachFileOfPackage(file, [&](const FileDescriptor& part) {
    if (&part == &file || part.service_count() == 0) return;
    const NameSet& more = NamesGivenTo(part, given);
    names.insert(more.begin(), more.end());
  });
  return names;
}

/// What naming a service takes of it.
Service Outline(const ServiceDescriptor& service) {
  Service out;
  out.name = service.name();
  for (int i = 0; i < service.method_count(); ++i) {
    out.methods.emplace_back().name = service.method(i)->name();
  }
  return out;
}

/// They may be adjusted, which takes what is taken there.
const NameSet& NamesGivenTo(const FileDescriptor& file, GivenNames* given) {
  const auto known = given->find(&file);
  if (known != given->end()) return known->second;
  File outline;
  outline.package = file.package();
  outline.taken_names = TakenNames(file, given);
  for (int i = 0; i < file.service_count(); ++i) {
    outline.services.push_back(Outline(*file.service(i)));
  }
  NameSet names;
  for (const ServiceNames& service : NameFile(outline).services) {
    names.insert({service.server_class, service.client_class, service.register_function,
                  service.service_constant, service.grpc_client_class,
                  service.grpc_register_function, service.make_forwarder_function});
    for (const MethodNames& method : service.methods) names.insert(method.operation);
  }
  return given->emplace(&file, std::move(names)).first->second;
}

}  // namespace

NameSet TakenNames(const FileDescriptor& file) {
  // Only services add names of ours, and large files without any are common.
  if (file.service_count() == 0) return {};
  GivenNames given;
  return TakenNames(file, &given);
}

}  // namespace kratos::plugin
