// Every name that the plugin itself introduces: files, include guard, classes, functions,
// constants.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/model.h"
#include "names/proto_names.h"

namespace kratos::plugin {

/// "a/b.proto" -> "a/b.http.pb.h".
std::string HeaderName(std::string_view path);
/// "a/b.proto" -> "a/b.http.pb.cc".
std::string SourceName(std::string_view path);
/// "a/b.proto" -> "a/b.kratos_grpc.pb.h" and "a/b.kratos_grpc.pb.cc".
std::string GrpcHeaderName(std::string_view path);
std::string GrpcSourceName(std::string_view path);
/// "a/b.proto" -> "A_B_HTTP_PB_H_".
std::string IncludeGuard(std::string_view path);
/// "a/b.proto" -> "A_B_KRATOS_GRPC_PB_H_".
std::string GrpcIncludeGuard(std::string_view path);

struct MethodNames {
  /// The C++ function, the same in server and client class.
  std::string function;
  /// "kOperationGreeterSayHello".
  std::string operation;
  /// One for each binding: "HandleGreeterSayHello0".
  std::vector<std::string> handlers;

  bool operator==(const MethodNames&) const = default;
};

struct ServiceNames {
  /// "GreeterServer".
  std::string server_class;
  /// "GreeterHttpClient".
  std::string client_class;
  /// "RegisterGreeterHttpServer".
  std::string register_function;
  /// "kServiceGreeter".
  std::string service_constant;
  /// Of the gRPC side: "GreeterGrpcClient", "RegisterGreeterGrpcServer", "GreeterForwarder" and
  /// "MakeGreeterForwarder".
  std::string grpc_client_class;
  std::string grpc_register_function;
  std::string forwarder_class;
  std::string make_forwarder_function;
  std::vector<MethodNames> methods;

  bool operator==(const ServiceNames&) const = default;
};

/// A name that could not be what the reader would expect, because something else has it.
struct AdjustedName {
  /// Indices into File; method is npos when the name belongs to the service.
  std::size_t service = 0;
  std::size_t method = 0;
  std::string wanted;
  std::string given;

  static constexpr std::size_t kNoMethod = static_cast<std::size_t>(-1);
  bool operator==(const AdjustedName&) const = default;
};

/// All names of one file; services and methods in the file's order.
struct FileNames {
  /// "foo::bar"; empty without a package.
  std::string scope;
  std::vector<ServiceNames> services;
  std::vector<AdjustedName> adjusted;
  /// One for each of File::json_messages: "kBookJson", and "kGoogleRpcStatusJson" for a message of
  /// another package. Then the list of them all and its registration.
  std::vector<std::string> json_tables;
  std::string json_types;
  std::string json_registration;
  /// Names declared inside generated classes and functions: they would hide a message class of that
  /// name.
  NameSet local_names;
  /// One of these hides an extension.
  bool hides_extension = false;

  bool operator==(const FileNames&) const = default;
};

/// Names everything in `file`. Rules, in this order:
///
/// 1. A name is what the comments above show. Services go first (class names, functions,
/// constants), in file order,
///    then the constants of methods, then handlers.
/// 2. A name that the .proto's own C++ or an earlier generated name has: constants and handlers put
/// '_' between service and
///    method (kOperationAB_C), and then, as everything else at once, '_' is appended until the name
///    is free.
/// 3. A method whose name is a keyword, a common macro, the name of a class it is a member of, the
/// client's member
///    `client_`, or a namespace-level name we generate gets '_' appended until it is free in its
///    service. Methods that can keep their name choose first.
///
/// The gRPC side's names are given whether it is printed or not, so that it changes nothing in the
/// other files; `grpc` says that it is, and which adjustments are worth a word.
FileNames NameFile(const File& file, bool grpc = false);

/// True for the name of a parameter, local or member in generated code; it hides a method of the
/// same name there.
bool IsLocalName(std::string_view name);

/// A message class as generated code spells it: unqualified within the file's own package where
/// nothing hides it, from the root otherwise.
std::string SpellClass(const MessageType& message, const File& file, const FileNames& names);

}  // namespace kratos::plugin
