#include "request/answer.h"

#include <google/protobuf/stubs/common.h>

namespace kratos::plugin {
namespace {

// Numbers of google.protobuf.Edition; the enum itself is newer than the oldest protobuf we build
// against.
[[maybe_unused]] constexpr int kEditionProto2 = 998;
[[maybe_unused]] constexpr int kEdition2023 = 1000;
[[maybe_unused]] constexpr int kEdition2024 = 1001;
[[maybe_unused]] constexpr int kEdition2026 = 1002;

/// Tells protoc what we can read. A template, so that the branch is compiled only against a
/// protobuf with editions.
template <class Response>
void DeclareFeatures(Response* response) {
  response->set_supported_features(Response::FEATURE_PROTO3_OPTIONAL);
  if constexpr (requires { response->set_minimum_edition(kEditionProto2); }) {
    response->set_supported_features(Response::FEATURE_PROTO3_OPTIONAL |
                                     Response::FEATURE_SUPPORTS_EDITIONS);
    response->set_minimum_edition(kEditionProto2);
#if GOOGLE_PROTOBUF_VERSION >= 7036000
    response->set_maximum_edition(kEdition2026);
#elif GOOGLE_PROTOBUF_VERSION >= 6032000
    response->set_maximum_edition(kEdition2024);
#else
    response->set_maximum_edition(kEdition2023);
#endif
  }
}

/// "2 errors" and each diagnostic. protoc puts its own "--<plugin>_out: " in front of the first
/// line.
std::string Report(const Diagnostics& diagnostics) {
  std::string out = Summary(diagnostics.all()) + '\n';
  for (const Diagnostic& diagnostic : diagnostics.all()) out += Format(diagnostic);
  while (!out.empty() && out.back() == '\n') out.pop_back();  // protoc ends the line.
  return out;
}

}  // namespace

Generated Answer(
    Diagnostics diagnostics,
    const std::function<void(google::protobuf::compiler::CodeGeneratorResponse*)>& emit) {
  Generated out;
  DeclareFeatures(&out.response);
  diagnostics.Sort();
  if (diagnostics.HasErrors()) {
    out.response.set_error(Report(diagnostics));
    return out;
  }
  emit(&out.response);
  for (const Diagnostic& diagnostic : diagnostics.all()) out.warnings += Format(diagnostic);
  return out;
}

}  // namespace kratos::plugin
