// One HTTP binding of an rpc: what a google.api.http rule says, as generated code states it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace google::protobuf {
class Descriptor;
}  // namespace google::protobuf

namespace kratos::http {

/// What an rpc's rule says about one binding (google/api/http.proto). Generated code fills it; a plain value.
struct Binding {
  /// "/package.Service/Method".
  std::string_view operation;
  /// "GET", or "*" for any.
  std::string_view method;
  /// The path template.
  std::string_view path;
  /// "" no body, "*" the whole request, else a top-level field of the request.
  std::string_view body;
  /// "" the whole reply, else a top-level field of the reply.
  std::string_view response_body;
};

}  // namespace kratos::http
