// Every distinct (method, template) of a corpus: random values -> path by the client's encoder ->
// matcher -> same route, same values.
//
//   round_trip DESCRIPTOR_SET [SEED]
//
// Runs it twice: among the routes of the rpc's own service, as a server would hold them, and among
// all routes of the corpus.
#include <google/protobuf/descriptor.pb.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "google/api/annotations.pb.h"
#include "kratos/route/expand.h"
#include "kratos/route/matcher.h"
#include "kratos/route/path_template.h"
#include "kratos/route/percent.h"

namespace {

using kratos::route::Match;
using kratos::route::Matcher;
using kratos::route::PathTemplate;
using kratos::route::Relation;
using kratos::route::Segment;

struct Route {
  std::string rpc;
  std::string method;
  PathTemplate path_template;
};

using Routes = std::vector<Route>;

std::pair<std::string, std::string> Pattern(const google::api::HttpRule& rule) {
  switch (rule.pattern_case()) {
    case google::api::HttpRule::kGet:
      return {"GET", rule.get()};
    case google::api::HttpRule::kPut:
      return {"PUT", rule.put()};
    case google::api::HttpRule::kPost:
      return {"POST", rule.post()};
    case google::api::HttpRule::kDelete:
      return {"DELETE", rule.delete_()};
    case google::api::HttpRule::kPatch:
      return {"PATCH", rule.patch()};
    case google::api::HttpRule::kCustom:
      return {rule.custom().kind(), rule.custom().path()};
    case google::api::HttpRule::PATTERN_NOT_SET:
      break;
  }
  return {};
}

// One segment's text: nothing that is a literal somewhere, a little of everything that needs
// escaping.
std::string RandomSegment(std::mt19937& random) {
  static const std::vector<std::string> kPieces = {"a",
                                                   "Z",
                                                   "9",
                                                   "-",
                                                   "_",
                                                   "~",
                                                   ".x",
                                                   " ",
                                                   "%",
                                                   "?",
                                                   "#",
                                                   "+",
                                                   "&",
                                                   "=",
                                                   ":",
                                                   ";",
                                                   "@",
                                                   "\"",
                                                   "\xC3\xA4",
                                                   "\xE6\xB0\xB4",
                                                   "\xF0\x9F\x90\x9F",
                                                   "\\",
                                                   "{",
                                                   "}",
                                                   "*"};
  std::string text = "q";  // Never ".", ".." or empty.
  for (unsigned count = random() % 6; count > 0; --count)
    text += kPieces[random() % kPieces.size()];
  return text;
}

std::string RandomValue(const PathTemplate& path_template, std::size_t variable,
                        std::mt19937& random) {
  const auto& v = path_template.variables()[variable];
  std::string value;
  bool first = true;
  const auto add = [&](const std::string& segment) {
    if (!first) value += '/';
    first = false;
    value += segment;
  };
  for (std::size_t i = v.first; i < v.last; ++i) {
    const Segment& segment = path_template.segments()[i];
    switch (segment.kind) {
      case Segment::Kind::kLiteral: {
        std::string decoded;
        kratos::route::DecodeSegment(segment.literal, &decoded);
        add(decoded);
        break;
      }
      case Segment::Kind::kWildcard:
        add(RandomSegment(random));
        break;
      case Segment::Kind::kMultiWildcard:
        for (unsigned count = 1 + random() % 3; count > 0; --count) add(RandomSegment(random));
        break;
    }
  }
  return value;
}

std::shared_ptr<const Matcher> Build(const Routes& routes) {
  Matcher::Builder builder;
  for (const Route& route : routes) builder.Add(route.method, route.path_template);
  return std::move(builder).Build();
}

struct Tally {
  int checked = 0;
  int overlapped = 0;
  int failed = 0;
};

void Check(const Routes& routes, const Matcher& matcher, int rounds, std::mt19937& random,
           Tally* tally) {
  for (const Route& route : routes) {
    const auto& variables = route.path_template.variables();
    bool bare_wildcard = false;
    std::vector<bool> covered(route.path_template.segments().size(), false);
    for (const auto& v : variables) {
      for (std::size_t i = v.first; i < v.last; ++i) covered[i] = true;
    }
    for (std::size_t i = 0; i < covered.size(); ++i) {
      bare_wildcard = bare_wildcard || (!covered[i] && route.path_template.segments()[i].kind !=
                                                           Segment::Kind::kLiteral);
    }
    if (bare_wildcard) continue;  // Nothing can be sent for it.
    for (int round = 0; round < rounds; ++round) {
      std::vector<std::string> values;
      for (std::size_t i = 0; i < variables.size(); ++i)
        values.push_back(RandomValue(route.path_template, i, random));
      kratos::route::ExpandError error;
      const auto path = ExpandPath(
          route.path_template, [&](std::size_t i) { return values[i]; }, &error);
      const auto fail = [&](const std::string& why) {
        std::printf("FAIL %s %s %s: %s\n", route.rpc.c_str(), route.method.c_str(),
                    route.path_template.text().c_str(), why.c_str());
        ++tally->failed;
      };
      ++tally->checked;
      if (!path) {
        fail(error.message);
        break;
      }
      Match match;
      matcher.Find(route.method == "*" ? "GET" : route.method, *path, &match);
      if (match.outcome != Match::Outcome::kFound) {
        fail("not found: " + *path);
        break;
      }
      const Route& found = routes[match.route];
      if (found.rpc != route.rpc || !(found.path_template == route.path_template)) {
        // Another route may answer where the two overlap: then it must be the more specific one, or
        // they are a conflict.
        const Relation relation = Compare(found.path_template, route.path_template).relation;
        if (relation == Relation::kDisjoint || relation == Relation::kSecondMoreSpecific) {
          fail("answered by " + found.path_template.text() + ": " + *path);
          break;
        }
        ++tally->overlapped;
        continue;
      }
      bool same = match.capture_count == variables.size();
      for (std::size_t i = 0; same && i < variables.size(); ++i) {
        std::string decoded;
        const auto decoding = variables[i].multi_segment
                                  ? kratos::route::DecodeSegments(match.capture(i), &decoded)
                                  : kratos::route::DecodeSegment(match.capture(i), &decoded);
        same = decoding == kratos::route::DecodeError::kNone && decoded == values[i];
      }
      if (!same) {
        fail("other values: " + *path);
        break;
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: round_trip DESCRIPTOR_SET [SEED]\n");
    return 2;
  }
  google::protobuf::FileDescriptorSet files;
  std::ifstream in(argv[1], std::ios::binary);
  if (!files.ParseFromIstream(&in)) {
    std::fprintf(stderr, "round_trip: %s is no descriptor set\n", argv[1]);
    return 1;
  }
  std::mt19937 random(argc > 2 ? static_cast<unsigned>(std::stoul(argv[2])) : 1);

  std::map<std::string, Routes> services;
  Routes all;
  std::set<std::pair<std::string, std::string>> distinct;
  int bindings = 0;
  int broken = 0;
  for (const auto& file : files.file()) {
    for (const auto& service : file.service()) {
      for (const auto& method : service.method()) {
        if (!method.options().HasExtension(google::api::http)) continue;
        const auto& primary = method.options().GetExtension(google::api::http);
        std::vector<const google::api::HttpRule*> rules = {&primary};
        for (const auto& additional : primary.additional_bindings()) rules.push_back(&additional);
        for (const auto* rule : rules) {
          const auto [http_method, path] = Pattern(*rule);
          if (path.empty()) continue;
          ++bindings;
          kratos::route::ParseError error;
          auto parsed = PathTemplate::Parse(path, &error);
          const std::string name = file.package() + "." + service.name();
          if (!parsed) {
            std::printf("REFUSED %s.%s %s: %s\n", name.c_str(), method.name().c_str(), path.c_str(),
                        error.message.c_str());
            ++broken;
            continue;
          }
          Route route{name + "." + method.name(), http_method, *parsed};
          services[name].push_back(route);
          if (distinct.insert({http_method, path}).second) all.push_back(route);
        }
      }
    }
  }

  Tally by_service;
  for (const auto& [name, routes] : services) Check(routes, *Build(routes), 3, random, &by_service);
  Tally together;
  Check(all, *Build(all), 3, random, &together);
  std::printf("%d bindings of %zu services, %zu distinct (method, template)\n", bindings,
              services.size(), all.size());
  std::printf("within their service: %d round trips, %d to an overlapping route, %d failed\n",
              by_service.checked, by_service.overlapped, by_service.failed);
  std::printf("among all: %d round trips, %d to an overlapping route, %d failed\n",
              together.checked, together.overlapped, together.failed);
  return by_service.failed + together.failed + broken == 0 && !all.empty() ? 0 : 1;
}
