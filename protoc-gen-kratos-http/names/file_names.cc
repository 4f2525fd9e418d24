#include "names/file_names.h"

#include <algorithm>

#include "names/cpp_names.h"
#include "names/keywords.h"

namespace kratos::plugin {
namespace {

/// Parameters, locals and members of generated code.
constexpr std::string_view kLocalNames[] = {
    "body",    "bound", "client", "client_", "ctx",    "in",      "kratos", "method",
    "options", "out",   "reply",  "request", "server", "service", "status", "std"};

/// The names of one namespace, handed out once each.
class Scope {
 public:
  explicit Scope(const NameSet& taken) : taken_(taken) {}

  /// The first of `wanted` and `fallback` (when not empty) that is free, else the last of them with
  /// '_' appended until it is.
  std::string Take(const std::string& wanted, const std::string& fallback = {}) {
    if (TakeExactly(wanted)) return wanted;
    std::string name = fallback.empty() ? wanted + '_' : fallback;
    while (!TakeExactly(name)) name += '_';
    return name;
  }

 private:
  bool TakeExactly(const std::string& name) {
    return !taken_.contains(name) && given_.insert(name).second;
  }

  const NameSet& taken_;
  NameSet given_;
};

/// Names of the methods of one service as functions; see rule 3 of NameFile.
std::vector<std::string> NameFunctions(const Service& service, const ServiceNames& names,
                                       const NameSet& generated) {
  std::vector<std::string> functions(service.methods.size());
  const NameSet used = {names.server_class, names.client_class, names.grpc_client_class,
                        names.forwarder_class, "client_"};
  NameSet members;
  const auto is_free = [&](const std::string& name) {
    return !IsKeyword(name) && !IsCommonMacro(name) && used.count(name) == 0 &&
           generated.count(name) == 0 && members.count(name) == 0;
  };
  for (std::size_t i = 0; i < functions.size(); ++i) {
    if (!is_free(service.methods[i].name)) continue;
    functions[i] = service.methods[i].name;
    members.insert(functions[i]);
  }
  for (std::size_t i = 0; i < functions.size(); ++i) {
    if (!functions[i].empty()) continue;
    std::string name = service.methods[i].name;
    while (!is_free(name)) name += '_';
    members.insert(name);
    functions[i] = std::move(name);
  }
  return functions;
}

/// "kBookJson", "kGoogleRpcStatusJson".
std::string JsonTableName(const MessageType& message, const File& file) {
  if (message.package == file.package) return 'k' + ClassName(message.nesting) + "Json";
  std::string name = "k";
  bool capitalise = true;
  for (const char c : message.full_name) {
    if (c == '.' || c == '_') {
      capitalise = true;
    } else {
      name += capitalise && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      capitalise = false;
    }
  }
  return name + "Json";
}

}  // namespace

std::string HeaderName(std::string_view path) { return StripProto(path) + ".http.pb.h"; }
std::string SourceName(std::string_view path) { return StripProto(path) + ".http.pb.cc"; }
std::string GrpcHeaderName(std::string_view path) { return StripProto(path) + ".kratos_grpc.pb.h"; }
std::string GrpcSourceName(std::string_view path) {
  return StripProto(path) + ".kratos_grpc.pb.cc";
}
std::string IncludeGuard(std::string_view path) { return IncludeGuard(path, "HTTP"); }
std::string GrpcIncludeGuard(std::string_view path) { return IncludeGuard(path, "KRATOS_GRPC"); }

FileNames NameFile(const File& file, bool grpc) {
  FileNames names;
  names.scope = CppNamespace(file.package);
  Scope scope(file.taken_names);
  NameSet generated;

  for (std::size_t s = 0; s < file.services.size(); ++s) {
    const std::string& service = file.services[s].name;
    const auto take = [&](const std::string& wanted, bool printed = true) {
      std::string given = scope.Take(wanted);
      generated.insert(given);
      if (printed && given != wanted)
        names.adjusted.push_back({s, AdjustedName::kNoMethod, wanted, given});
      return given;
    };
    ServiceNames& out = names.services.emplace_back();
    out.server_class = take(service + "Server");
    out.client_class = take(service + "HttpClient");
    out.register_function = take("Register" + service + "HttpServer");
    out.service_constant = take("kService" + service);
    out.methods.resize(file.services[s].methods.size());
    out.grpc_client_class = take(service + "GrpcClient", grpc);
    out.grpc_register_function = take("Register" + service + "GrpcServer", grpc);
    out.forwarder_class = take(service + "Forwarder", grpc);
    out.make_forwarder_function = take("Make" + service + "Forwarder", grpc);
  }
  for (std::size_t s = 0; s < file.services.size(); ++s) {
    const Service& service = file.services[s];
    for (std::size_t m = 0; m < service.methods.size(); ++m) {
      const std::string& method = service.methods[m].name;
      const std::string wanted = "kOperation" + service.name + method;
      std::string given = scope.Take(wanted, "kOperation" + service.name + '_' + method);
      generated.insert(given);
      if (given != wanted) names.adjusted.push_back({s, m, wanted, given});
      names.services[s].methods[m].operation = std::move(given);
    }
  }
  for (std::size_t s = 0; s < file.services.size(); ++s) {
    const Service& service = file.services[s];
    for (std::size_t m = 0; m < service.methods.size(); ++m) {
      const std::string& method = service.methods[m].name;
      for (const Binding& binding : service.methods[m].bindings) {
        const std::string index = std::to_string(binding.index);
        names.services[s].methods[m].handlers.push_back(
            scope.Take("Handle" + service.name + method + index,
                       "Handle" + service.name + '_' + method + '_' + index));
      }
    }
  }

  for (const JsonMessage& message : file.json_messages) {
    names.json_tables.push_back(scope.Take(JsonTableName(message.type, file)));
  }
  if (!file.json_messages.empty()) {
    names.json_types = scope.Take("kJsonTypes");
    names.json_registration = scope.Take("kJsonRegistration");
  }

  for (const std::string_view name : kLocalNames) {
    const auto& given = *names.local_names.emplace(name).first;
    names.hides_extension = names.hides_extension || file.extensions.contains(given);
  }
  for (std::size_t s = 0; s < file.services.size(); ++s) {
    std::vector<std::string> functions =
        NameFunctions(file.services[s], names.services[s], generated);
    for (std::size_t m = 0; m < functions.size(); ++m) {
      names.local_names.insert(functions[m]);
      names.services[s].methods[m].function = std::move(functions[m]);
    }
  }
  return names;
}

bool IsLocalName(std::string_view name) {
  return std::find(std::begin(kLocalNames), std::end(kLocalNames), name) != std::end(kLocalNames);
}

std::string SpellClass(const MessageType& message, const File& file, const FileNames& names) {
  if (message.package != file.package) return QualifiedClassName(message);
  std::string name = ClassName(message.nesting);
  return names.local_names.contains(name) ? QualifiedClassName(message) : name;
}

}  // namespace kratos::plugin
