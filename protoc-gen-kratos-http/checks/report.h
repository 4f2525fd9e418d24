// How checks word what they found.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "diagnostics/diagnostic.h"
#include "diagnostics/rules.h"
#include "model/model.h"

namespace kratos::plugin {

/// "rpc demo.Greeter.Get", with "(additional_bindings[0])" for any binding but the primary.
std::string Subject(const Method& method, const Binding& binding);

/// The HTTP method of the binding's requests: GET where they are WebSocket handshakes.
std::string ServedMethod(const Binding& binding);

/// A diagnostic about part of a text of a rule: `length` bytes from `offset` of `source`, shown
/// behind its `key`.
Diagnostic AboutText(Severity severity, std::string rule, const Method& method,
                     const Binding& binding, const SourceText& source, const std::string& key,
                     std::size_t offset, std::size_t length, std::string message, std::string help);

/// The same about the binding's path.
Diagnostic AboutPath(Severity severity, std::string rule, const Method& method,
                     const Binding& binding, std::size_t offset, std::size_t length,
                     std::string message, std::string help);

/// A diagnostic about the rule as a whole; there is no line to show.
Diagnostic AboutRule(Severity severity, RuleId rule, const Method& method, const Binding& binding,
                     std::string message, std::string help);

/// Calls `visit` for each binding of the file in order.
void ForEachBinding(const File& file,
                    const std::function<void(const Method&, const Binding&)>& visit);

/// `did you mean "name"? ` or nothing.
std::string DidYouMean(const std::string& name, const std::vector<std::string>& candidates);

}  // namespace kratos::plugin
