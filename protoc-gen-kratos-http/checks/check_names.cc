#include "checks/checks.h"
#include "checks/report.h"
#include "names/proto_names.h"

namespace kratos::plugin {
namespace {

void CheckLite(const Method& method, const MessageType& message, bool grpc,
               Diagnostics* diagnostics) {
  if (!message.lite) return;
  Diagnostic out;
  out.rule = RuleName(RuleId::kLiteRuntime);
  out.at = method.location;
  out.subject = "rpc " + method.full_name;
  out.message = "message " + message.full_name + " of " + message.file +
                " is declared under `optimize_for = LITE_RUNTIME` and has no reflection, which " +
                (method.HasHttp() ? "HTTP binding needs" : "the gRPC side needs");
  out.help = "remove the option from " + message.file + ", or " +
             (grpc ? "generate without grpc=true" : "leave the rpc without an HTTP rule");
  if (grpc && method.HasHttp()) out.help += " and leave the rpc without an HTTP rule";
  diagnostics->Add(std::move(out));
}

}  // namespace

void CheckNames(const File& file, const FileNames& names, bool grpc, Diagnostics* diagnostics) {
  for (const Service& service : file.services) {
    for (const Method& method : service.methods) {
      if (!method.HasHttp() && !grpc) continue;
      CheckLite(method, method.request, grpc, diagnostics);
      if (method.reply.full_name != method.request.full_name) {
        CheckLite(method, method.reply, grpc, diagnostics);
      }
    }
  }
  if (!file.services.empty() && IsRuntimePackage(file.package)) {
    Diagnostic out;
    out.severity = Severity::kWarning;
    out.rule = RuleName(RuleId::kRuntimeNamespace);
    out.at = file.services.front().location;
    out.subject = "service " + file.services.front().full_name;
    out.message = "package " + file.package +
                  " becomes a C++ namespace that the kratos runtime declares its own names in";
    out.help = "choose another package, such as " + file.package + "_api, unless no name is shared";
    diagnostics->Add(std::move(out));
  }
  if (file.hides_runtime) {
    Diagnostic out;
    out.rule = RuleName(RuleId::kRuntimeNamespace);
    out.at = file.services.front().location;
    out.subject = "service " + file.services.front().full_name;
    out.message =
        "\"kratos\" is declared outside any package, where C++ has the runtime's namespace kratos";
    out.help = "give the file a package, or the declaration another name";
    diagnostics->Add(std::move(out));
  }
  for (const AdjustedName& adjusted : names.adjusted) {
    const Service& service = file.services[adjusted.service];
    const bool is_method = adjusted.method != AdjustedName::kNoMethod;
    Diagnostic out;
    out.severity = Severity::kNote;
    out.rule = RuleName(RuleId::kNameAdjusted);
    out.at = is_method ? service.methods[adjusted.method].location : service.location;
    out.subject = is_method ? "rpc " + service.methods[adjusted.method].full_name
                            : "service " + service.full_name;
    out.message = "the C++ name " + adjusted.wanted + " is taken; " + adjusted.given +
                  " is generated instead";
    out.help = "rename one of the two to get the usual name";
    diagnostics->Add(std::move(out));
  }
}

void CheckFile(const File& file, const FileNames& names, const Options& options,
               Diagnostics* diagnostics) {
  CheckTemplates(file, diagnostics);
  CheckBindings(file, diagnostics);
  CheckPathFields(file, diagnostics);
  CheckBodies(file, diagnostics);
  CheckConflicts(file, options.conflicts, diagnostics);
  CheckNames(file, names, options.grpc, diagnostics);
}

}  // namespace kratos::plugin
