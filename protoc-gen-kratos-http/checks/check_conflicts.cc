#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checks/checks.h"
#include "checks/report.h"
#include "kratos/route/matcher.h"

namespace kratos::plugin {
namespace {

struct Route {
  const Method* method;
  const Binding* binding;
  /// Opened as a WebSocket.
  bool websocket = false;
};

// Requests that ask for a WebSocket have routes of their own: a GET on the same path may be another
// rpc's. No rule can name this method, since it is no token.
constexpr std::string_view kWebSocketMethod = "GET WEBSOCKET";

// "GET /v1/x", also where the table says GET WEBSOCKET.
std::string Witness(const Route& route, const std::string& witness) {
  return route.websocket ? "GET" + witness.substr(kWebSocketMethod.size()) + " as a WebSocket"
                         : witness;
}

std::string Place(const Location& at) {
  if (at.line == 0) return at.file;
  return at.file + ':' + std::to_string(at.line) + ':' + std::to_string(at.column);
}

/// "rpc demo.Library.Get (library.proto:7:5)", or "this rpc" when both routes belong to one.
std::string Name(const Route& route, const Route& other) {
  if (route.method == other.method) {
    return "binding " + std::to_string(route.binding->index) + " of this rpc";
  }
  return Subject(*route.method, *route.binding) + " (" + Place(route.binding->source.at) + ')';
}

std::string Help(const Route& first, const Route& second) {
  if (first.websocket || second.websocket) {
    return "give one of them another path: a WebSocket is opened with GET, whatever the rule says";
  }
  return "give one of them another path or HTTP method, or remove it";
}

}  // namespace

void CheckConflicts(const File& file, Options::Conflicts conflicts, Diagnostics* diagnostics) {
  if (conflicts == Options::Conflicts::kIgnore) return;
  std::vector<Route> routes;
  route::Matcher::Builder builder;
  ForEachBinding(file, [&](const Method& method, const Binding& binding) {
    if (!binding.path_template || !method.HasHttp()) return;
    if (binding.http_method.empty() || binding.variables.size() > route::kMaxVariables) return;
    const auto add = [&](std::string_view http_method, bool websocket) {
      builder.Add(http_method, *binding.path_template);
      routes.push_back({&method, &binding, websocket});
    };
    const bool upload = binding.stream == StreamKind::kUpload;
    const bool websocket =
        upload || binding.stream == StreamKind::kClient || binding.stream == StreamKind::kBidi;
    if (upload || !websocket) add(binding.http_method, false);
    if (websocket) add(kWebSocketMethod, true);
  });
  std::vector<route::Conflict> found;
  std::move(builder).Build(&found);

  const bool strict = conflicts == Options::Conflicts::kError;
  std::set<std::pair<const Binding*, const Binding*>> reported;
  std::size_t crossings = 0;
  for (const route::Conflict& conflict : found) {
    if (conflict.relation == route::Relation::kCross) ++crossings;
    const Route& first = routes[conflict.first];
    const Route& second = routes[conflict.second];
    // Several bindings of one rpc share its WebSocket.
    if (first.method == second.method && first.websocket && second.websocket) continue;
    if (!reported.emplace(first.binding, second.binding).second) continue;
    const std::string other = Name(first, second);
    const std::string path = '"' + first.binding->path + '"';
    if (conflict.relation == route::Relation::kSame) {
      diagnostics->Add(AboutPath(
          strict ? Severity::kError : Severity::kWarning, RuleName(RuleId::kRouteConflict),
          *second.method, *second.binding, 0, second.binding->path.size(),
          "the route matches the same requests as " + path + " of " + other + "; " +
              Witness(first, conflict.witness) + " reaches that one only",
          Help(first, second)));
    } else {
      diagnostics->Add(AboutPath(
          strict ? Severity::kWarning : Severity::kNote, RuleName(RuleId::kRouteCrossing),
          *second.method, *second.binding, 0, second.binding->path.size(),
          "the route crosses " + path + " of " + other + ": both match " +
              Witness(first, conflict.witness),
          "the one with the earlier literal segment wins; add a literal if that is not meant"));
    }
  }
  if (crossings < route::kMaxCrossConflicts) return;
  Diagnostic out;
  out.severity = Severity::kNote;
  out.rule = RuleName(RuleId::kRouteCrossing);
  out.at.file = file.path;
  out.message = "the first " + std::to_string(crossings) +
                " pairs of routes that cross are reported; more are left out";
  out.help = "conflicts=ignore reports none";
  diagnostics->Add(std::move(out));
}

}  // namespace kratos::plugin
