// The routing rules written down once more, as slowly and plainly as possible, to hold the real
// matcher against.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kratos/route/matcher.h"
#include "kratos/route/percent.h"

namespace kratos::route::testing {

/// Tries every route by straightforward recursion and picks by specificity.
class ReferenceMatcher {
 public:
  struct Route {
    std::string method;  // upper case
    PathTemplate path_template;
  };
  struct Answer {
    Match::Outcome outcome = Match::Outcome::kNotFound;
    std::size_t route = 0;
    std::vector<std::string> captures;
    std::vector<std::string> allowed;
  };

  explicit ReferenceMatcher(std::vector<Route> routes) : routes_(std::move(routes)) {}

  Answer Find(const std::string& method, std::string path, bool ignore_trailing_slash) const {
    Answer answer;
    if (ignore_trailing_slash && path.size() > 1 && path.back() == '/') path.pop_back();
    std::string decoded;
    if (path.empty() || path[0] != '/' || !Decode(path, &decoded) || !IsValidUtf8(decoded)) {
      answer.outcome = Match::Outcome::kBadPath;
      return answer;
    }
    std::set<std::string> allowed;
    const Route* best = nullptr;
    for (const Route& route : routes_) {
      std::vector<std::string> captures;
      if (!Matches(route.path_template, path, &captures)) continue;
      if (route.method != "*") allowed.insert(route.method);
      if (route.method != "*" && route.method != method) continue;
      if (best == nullptr || Precedes(route, *best)) {
        best = &route;
        answer.captures = captures;
      }
    }
    answer.allowed.assign(allowed.begin(), allowed.end());
    if (best != nullptr) {
      answer.outcome = Match::Outcome::kFound;
      answer.route = static_cast<std::size_t>(best - routes_.data());
    } else if (!allowed.empty()) {
      answer.outcome = Match::Outcome::kMethodNotAllowed;
    }
    return answer;
  }

  /// Whether the template takes the path at all; `captures`, when not null, gets the raw values.
  static bool Matches(const PathTemplate& path_template, const std::string& path,
                      std::vector<std::string>* captures = nullptr) {
    std::string stripped = path;
    if (!path_template.verb().empty()) {
      const std::size_t colon = path.rfind(':');
      if (colon == std::string::npos || path.find('/', colon) != std::string::npos) return false;
      if (Decoded(path.substr(colon + 1)) != Decoded(path_template.verb())) return false;
      stripped = path.substr(0, colon);
    }
    std::vector<std::string> pieces;
    if (stripped != "/") {
      for (std::size_t i = 1;;) {
        const std::size_t slash = stripped.find('/', i);
        pieces.push_back(stripped.substr(i, slash == std::string::npos ? slash : slash - i));
        if (slash == std::string::npos) break;
        i = slash + 1;
      }
    }
    std::vector<std::size_t> places;
    if (!MatchesFrom(path_template.segments(), 0, pieces, 0, &places)) return false;
    places.push_back(pieces.size());
    if (captures == nullptr) return true;
    captures->clear();
    for (const Variable& variable : path_template.variables()) {
      std::string value;
      for (std::size_t i = places[variable.first]; i < places[variable.last]; ++i) {
        if (i != places[variable.first]) value += '/';
        value += pieces[i];
      }
      captures->push_back(value);
    }
    return true;
  }

 private:
  static bool Decode(const std::string& raw, std::string* out) {
    const std::string digits = "0123456789abcdef0123456789ABCDEF";
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] != '%') {
        *out += raw[i];
        continue;
      }
      if (i + 2 >= raw.size()) return false;
      const std::size_t high = digits.find(raw[i + 1]);
      const std::size_t low = digits.find(raw[i + 2]);
      if (high == std::string::npos || low == std::string::npos) return false;
      *out += static_cast<char>((high % 16) * 16 + low % 16);
      i += 2;
    }
    return true;
  }

  static std::string Decoded(const std::string& raw) {
    std::string out;
    Decode(raw, &out);
    return out;
  }

  /// `places` gets, for every template segment, the path segment it begins at.
  static bool MatchesFrom(const std::vector<Segment>& segments, std::size_t segment,
                          const std::vector<std::string>& pieces, std::size_t piece,
                          std::vector<std::size_t>* places) {
    if (segment == segments.size()) return piece == pieces.size();
    places->push_back(piece);
    if (segments[segment].kind == Segment::Kind::kMultiWildcard) {
      for (std::size_t next = piece; next <= pieces.size(); ++next) {
        if (MatchesFrom(segments, segment + 1, pieces, next, places)) return true;
      }
    } else if (piece < pieces.size() && Takes(segments[segment], Decoded(pieces[piece])) &&
               MatchesFrom(segments, segment + 1, pieces, piece + 1, places)) {
      return true;
    }
    places->resize(segment);
    return false;
  }

  static bool Takes(const Segment& segment, const std::string& text) {
    if (segment.kind == Segment::Kind::kLiteral) return text == Decoded(segment.literal);
    return !text.empty() && text != "." && text != "..";
  }

  /// Lower is more specific; the end of a template stands between `*` and `**`.
  static int Rank(const std::vector<Segment>& segments, std::size_t i) {
    if (i == segments.size()) return 2;
    switch (segments[i].kind) {
      case Segment::Kind::kLiteral:
        return 0;
      case Segment::Kind::kWildcard:
        return 1;
      case Segment::Kind::kMultiWildcard:
        break;
    }
    return 3;
  }

  /// True when `a` wins over `b`, both of which match the same path; false when they are equals.
  static bool Precedes(const Route& a, const Route& b) {
    if ((a.method == "*") != (b.method == "*")) return b.method == "*";
    const bool verb_a = !a.path_template.verb().empty();
    const bool verb_b = !b.path_template.verb().empty();
    if (verb_a != verb_b) return verb_a;
    const std::vector<Segment>& sa = a.path_template.segments();
    const std::vector<Segment>& sb = b.path_template.segments();
    for (std::size_t i = 0; i < sa.size() || i < sb.size(); ++i) {
      const int rank_a = Rank(sa, i);
      const int rank_b = Rank(sb, i);
      if (rank_a != rank_b) return rank_a < rank_b;
      if (rank_a == 3 && sa.size() != sb.size()) return sa.size() > sb.size();
    }
    return false;
  }

  std::vector<Route> routes_;
};

/// What differs between the matcher's and the reference's answer to one request; empty when nothing
/// does.
inline std::string Difference(const Matcher& matcher, const ReferenceMatcher& reference,
                              const std::string& method, const std::string& path,
                              bool ignore_trailing_slash = false) {
  const ReferenceMatcher::Answer expected = reference.Find(method, path, ignore_trailing_slash);
  Match match;
  matcher.Find(method, path, &match);
  const std::string request = method + " '" + path + "': ";
  if (match.outcome != expected.outcome) {
    return request + "outcome " + std::to_string(static_cast<int>(match.outcome)) + ", expected " +
           std::to_string(static_cast<int>(expected.outcome));
  }
  if (matcher.AllowedMethods(path) != expected.allowed) return request + "other methods allowed";
  if (match.outcome != Match::Outcome::kFound) return "";
  if (match.route != expected.route) {
    return request + "route " + matcher.path_template(match.route).text() + ", expected " +
           matcher.path_template(static_cast<RouteId>(expected.route)).text();
  }
  if (match.capture_count != expected.captures.size()) return request + "count of captures";
  for (std::size_t i = 0; i < match.capture_count; ++i) {
    const std::string_view capture = match.capture(i);
    if (capture != expected.captures[i]) {
      return request + "capture '" + std::string(capture) + "', expected '" + expected.captures[i] +
             "'";
    }
    if (capture.data() < path.data() ||
        capture.data() + capture.size() > path.data() + path.size()) {
      return request + "a capture does not point into the path";
    }
  }
  return "";
}

}  // namespace kratos::route::testing
