// One HTTP binding of an rpc: what a google.api.http rule says, as generated code states it.
#pragma once

#include <string_view>

namespace kratos::http {

/// Which sides of an rpc stream, and what over. Part of a binding because it decides how the route
/// is served.
enum class StreamKind {
  kUnary,
  /// The server streams, over the rule's own method and path.
  kServer,
  /// The client streams messages over a WebSocket: GET whatever the rule's method, as in Kratos.
  kClient,
  /// The client streams a google.api.HttpBody (the request, or the field `body` names): the
  /// request's own body under the rule's method, or messages over a WebSocket.
  kUpload,
  /// Both stream, over a WebSocket.
  kBidi,
};

/// What an rpc's rule says about one binding (google/api/http.proto). Generated code fills it; a
/// plain value.
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
  StreamKind stream = StreamKind::kUnary;
};

/// True for the route that an rpc without a rule gets (plugin option omitempty=false): POST, `body:
/// "*"`, and a path that ends in the operation.
inline bool IsDefaultRoute(const Binding& binding) {
  return binding.method == "POST" && binding.body == "*" && !binding.operation.empty() &&
         binding.path.ends_with(binding.operation);
}

}  // namespace kratos::http
