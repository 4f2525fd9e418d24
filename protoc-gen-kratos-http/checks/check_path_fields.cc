#include <algorithm>
#include <array>
#include <string_view>

#include "checks/checks.h"
#include "checks/report.h"

namespace kratos::plugin {
namespace {

/// Messages that the runtime reads from one text.
constexpr std::array<std::string_view, 12> kScalarLike = {
    "google.protobuf.BoolValue",  "google.protobuf.BytesValue",  "google.protobuf.DoubleValue",
    "google.protobuf.Duration",   "google.protobuf.FieldMask",   "google.protobuf.FloatValue",
    "google.protobuf.Int32Value", "google.protobuf.Int64Value",  "google.protobuf.StringValue",
    "google.protobuf.Timestamp",  "google.protobuf.UInt32Value", "google.protobuf.UInt64Value"};

bool IsScalarLike(const MessageType& message) {
  return std::find(kScalarLike.begin(), kScalarLike.end(), message.full_name) != kScalarLike.end();
}

/// Where component `index` of a variable's field path stands in the template, given that it is
/// written without spaces.
std::size_t ComponentOffset(const route::Variable& variable, std::size_t index) {
  std::size_t offset = variable.offset + 1;
  for (std::size_t i = 0; i < index; ++i) offset += variable.field_path[i].size() + 1;
  return offset;
}

class PathFieldCheck {
 public:
  PathFieldCheck(const Method& method, const Binding& binding, Diagnostics* diagnostics)
      : method_(method), binding_(binding), diagnostics_(diagnostics) {}

  void Run() const {
    for (std::size_t i = 0; i < binding_.variables.size(); ++i) CheckVariable(i);
    for (std::size_t i = 0; i < binding_.variables.size(); ++i) {
      for (std::size_t j = i + 1; j < binding_.variables.size(); ++j) CheckOneof(i, j);
    }
  }

 private:
  void CheckVariable(std::size_t index) const {
    const FieldPath& path = binding_.variables[index];
    const std::string binds = "{" + path.Text() + "}";
    switch (path.outcome) {
      case FieldPath::Outcome::kUnknownField: {
        const std::string& name = path.names[path.fields.size()];
        return Report(
            Severity::kError, RuleId::kUnknownPathField, index, path.fields.size(),
            "the path binds " + binds + ", but message " + path.stopped_in + " has no field \"" +
                name + '"',
            DidYouMean(name, path.candidates) + "use the field's name as the .proto spells it");
      }
      case FieldPath::Outcome::kThroughScalar:
        return Report(Severity::kError, RuleId::kPathThroughScalar, index, path.fields.size() - 1,
                      "the path binds " + binds + ", but \"" + path.fields.back().name +
                          "\" of message " + path.stopped_in +
                          " is no message and has no fields inside",
                      "end the field path at \"" + path.fields.back().name +
                          "\", or name a field that holds a message");
      case FieldPath::Outcome::kThroughRepeated:
        return ReportRepeated(index, path, path.fields.size() - 1);
      case FieldPath::Outcome::kResolved:
        break;
    }
    const Field& leaf = path.fields.back();
    const std::size_t last = path.fields.size() - 1;
    if (leaf.repeated) return ReportRepeated(index, path, last);
    if (!leaf.message) return;
    if (IsScalarLike(*leaf.message)) {
      return Report(Severity::kWarning, RuleId::kPathFieldWellKnown, index, last,
                    "the path binds " + binds + " of type " + leaf.message->full_name +
                        "; not every HTTP stack reads one from a path",
                    "prefer a string or number field in paths");
    }
    Report(Severity::kError, RuleId::kPathFieldNotScalar, index, last,
           "the path binds " + binds + ", but \"" + leaf.name + "\" is a message (" +
               leaf.message->full_name + ')',
           (path.candidates.empty() ? std::string()
                                    : "bind a field inside it, such as {" + path.Text() + '.' +
                                          path.candidates.front() + "}, or ") +
               "send the message in the body");
  }

  void ReportRepeated(std::size_t index, const FieldPath& path, std::size_t component) const {
    const Field& field = path.fields[component];
    Report(
        Severity::kError, RuleId::kPathFieldRepeated, index, component,
        "the path binds {" + path.Text() + "}, but \"" + field.name + "\" is " +
            (field.map ? "a map" : "a repeated field"),
        "a path variable sets one value: bind a singular field, or send the list in query or body");
  }

  /// Two variables that set different members of one oneof: the second would clear the first.
  void CheckOneof(std::size_t first, std::size_t second) const {
    const FieldPath& a = binding_.variables[first];
    const FieldPath& b = binding_.variables[second];
    const std::size_t depth = std::min(a.fields.size(), b.fields.size());
    for (std::size_t i = 0; i < depth; ++i) {
      if (a.fields[i].name == b.fields[i].name) continue;
      if (a.fields[i].oneof.empty() || a.fields[i].oneof != b.fields[i].oneof) return;
      return Report(Severity::kError, RuleId::kPathFieldsShareOneof, second, i,
                    "{" + a.Text() + "} and {" + b.Text() + "} are members of one oneof, \"" +
                        a.fields[i].oneof + "\": only one of them can be set",
                    "bind one of the two and leave the other to an additional binding");
    }
  }

  void Report(Severity severity, RuleId rule, std::size_t variable, std::size_t component,
              std::string message, std::string help) const {
    const route::Variable& at = binding_.path_template->variables()[variable];
    diagnostics_->Add(AboutPath(severity, RuleName(rule), method_, binding_,
                                ComponentOffset(at, component), at.field_path[component].size(),
                                std::move(message), std::move(help)));
  }

  const Method& method_;
  const Binding& binding_;
  Diagnostics* diagnostics_;
};

}  // namespace

void CheckPathFields(const File& file, Diagnostics* diagnostics) {
  ForEachBinding(file, [&](const Method& method, const Binding& binding) {
    PathFieldCheck(method, binding, diagnostics).Run();
  });
}

}  // namespace kratos::plugin
