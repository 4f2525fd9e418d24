// Tables and paths chosen by the input: the matcher must answer as the reference does, whatever the
// order of routes.
//
// Text input: the first line is "METHOD path", every further line "METHOD template". Input that
// begins with a zero byte drives the generator of the unit tests instead.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "kratos/route/matcher.h"
#include "support/reference_matcher.h"
#include "support/route_generator.h"

namespace {

using kratos::route::Matcher;
using kratos::route::PathTemplate;
using Route = kratos::route::testing::ReferenceMatcher::Route;

struct Request {
  std::string method;
  std::string path;
};

std::string Upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

void Check(const std::vector<Route>& routes, const std::vector<Request>& requests) {
  Matcher::Builder builder;
  for (const Route& route : routes) builder.Add(route.method, route.path_template);
  std::vector<kratos::route::Conflict> conflicts;
  const auto matcher = std::move(builder).Build(&conflicts);
  const kratos::route::testing::ReferenceMatcher reference(routes);
  for (const Request& request : requests) {
    const std::string difference = Difference(*matcher, reference, request.method, request.path);
    if (difference.empty()) continue;
    std::fprintf(stderr, "%s\n", difference.c_str());
    std::abort();
  }
  for (const kratos::route::Conflict& conflict : conflicts) {
    const std::string path = conflict.witness.substr(conflict.witness.find(' ') + 1);
    using Reference = kratos::route::testing::ReferenceMatcher;
    if (!Reference::Matches(routes[conflict.first].path_template, path) ||
        !Reference::Matches(routes[conflict.second].path_template, path)) {
      std::fprintf(stderr, "no witness: %s\n", conflict.witness.c_str());
      std::abort();
    }
  }
}

void CheckGenerated(const std::uint8_t* data, std::size_t size) {
  std::size_t used = 0;
  kratos::route::testing::RouteGenerator generator(
      [&]() -> std::uint8_t { return used < size ? data[used++] : 0; });
  std::vector<Route> routes;
  const std::size_t count = 1 + generator.Below(16);
  while (routes.size() < count) {
    std::string method = generator.Method();
    routes.push_back({std::move(method), generator.Template()});
  }
  std::vector<Request> requests;
  while (requests.size() < 8) {
    std::string method = generator.Method();
    const std::size_t route = generator.Below(count);
    requests.push_back({std::move(method), generator.Path(routes[route].path_template)});
  }
  Check(routes, requests);
  std::reverse(routes.begin(), routes.end());
  Check(routes, requests);
}

void CheckText(const std::string& text) {
  std::vector<Route> routes;
  Request request;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string line = text.substr(start, end - start);
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string method = Upper(line.substr(0, space));
    const std::string rest = line.substr(std::min(space + 1, line.size()));
    if (start == 0) {
      request = {method, rest};
    } else if (auto parsed = PathTemplate::Parse(rest);
               parsed && parsed->variables().size() <= kratos::route::kMaxVariables) {
      routes.push_back({method, *std::move(parsed)});
    }
    start = end + 1;
  }
  Check(routes, {request});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The reference is slow on purpose.
  if (size > 2048) return 0;
  if (size > 0 && data[0] == 0) {
    CheckGenerated(data + 1, size - 1);
  } else {
    CheckText(std::string(reinterpret_cast<const char*>(data), size));
  }
  return 0;
}
