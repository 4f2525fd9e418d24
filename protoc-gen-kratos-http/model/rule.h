// An HTTP rule as its author wrote it, in an annotation or in a service config, before anything is
// looked up.
#pragma once

#include <string>
#include <vector>

#include "source/location.h"

namespace kratos::plugin {

/// A text and where it stands.
struct SourceText {
  std::string text;
  Location at;
  /// `at` is the text's first character; otherwise (annotations) the statement that holds it.
  bool exact = false;

  bool operator==(const SourceText&) const = default;
};

/// google.api.HttpRule with positions.
struct Rule {
  enum class Pattern { kNone, kGet, kPut, kPost, kDelete, kPatch, kCustom };

  Pattern pattern = Pattern::kNone;
  SourceText path;
  /// `custom.kind`.
  SourceText kind;
  SourceText body;
  SourceText response_body;
  SourceText selector;
  std::vector<Rule> additional_bindings;
  Location at;
  /// False for an annotation that is no HttpRule; nothing but its place is known then.
  bool readable = true;

  bool operator==(const Rule&) const = default;
};

/// "get" ... "custom"; empty for kNone.
const char* PatternName(Rule::Pattern pattern);

}  // namespace kratos::plugin
