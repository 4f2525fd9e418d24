// Diagnostics: collected by the checks, printed by main or carried home by protoc.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "source/location.h"

namespace kratos::plugin {

enum class Severity { kNote, kWarning, kError };

/// "note", "warning", "error".
const char* SeverityName(Severity severity);

/// One thing to tell the author of a .proto file.
struct Diagnostic {
  Severity severity = Severity::kError;
  /// The rule's id, such as "unknown-path-field".
  std::string rule;
  Location at;
  /// "rpc demo.Greeter.Get"; empty when it is about no such thing.
  std::string subject;
  std::string message;
  /// The offending line and the bytes of it that are underlined; empty when there is nothing to
  /// show.
  std::string excerpt;
  std::size_t caret = 0;
  std::size_t caret_length = 1;
  /// The remedy.
  std::string help;

  bool operator==(const Diagnostic&) const = default;
};

/// Collects; never prints.
class Diagnostics {
 public:
  void Add(Diagnostic diagnostic) { all_.push_back(std::move(diagnostic)); }
  const std::vector<Diagnostic>& all() const { return all_; }
  bool HasErrors() const;
  /// Turns warnings into errors.
  void PromoteWarnings();
  /// Orders by file (in the order of first mention), line and column; equal places keep their
  /// order.
  void Sort();

 private:
  std::vector<Diagnostic> all_;
};

/// One diagnostic as text, ending in '\n', in UTF-8 whatever it quotes; long texts are cut short:
///
///     greeter.proto:14:5: error[unknown-path-field]: rpc demo.Greeter.Get: message demo.User has
///     no field "nam"
///         get: "/v1/users/{user.nam}"
///                              ^~~
///     help: did you mean "name"?
std::string Format(const Diagnostic& diagnostic);

/// "2 errors, 1 warning"; empty when there is nothing.
std::string Summary(const std::vector<Diagnostic>& diagnostics);

}  // namespace kratos::plugin
