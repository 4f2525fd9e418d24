// The route table: built once, then immutable and lock-free to read.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kratos/route/path_template.h"

namespace kratos::route {

/// A route's number: the count of routes added before it.
using RouteId = std::uint32_t;

/// Most variables one template may bind; Builder::Add refuses more.
inline constexpr std::size_t kMaxVariables = 32;

/// Most crossing pairs one Build reports: a table that mixes literals and `*` freely has a
/// quadratic number of them.
inline constexpr std::size_t kMaxCrossConflicts = 1000;

/// Two routes of the same method whose paths overlap in a way that deserves a word. Routes of
/// different methods never conflict, nor do a named method and "*": the named one wins. A route
/// that is the same as an earlier one is reported with the first such route, and not again with
/// those that both cross.
struct Conflict {
  RouteId first = 0;
  RouteId second = 0;
  /// kSame, or kCross (reported one level lower).
  Relation relation = Relation::kSame;
  /// "GET /v1/x": a request that both match ("GET" stands for any method of "*" routes).
  std::string witness;
};

/// The answer to a lookup. Captures point into the path that was looked up and live as long as it
/// does.
struct Match {
  enum class Outcome : std::uint8_t {
    kFound,
    kNotFound,
    kMethodNotAllowed,  ///< the path is known under other methods only; see Matcher::AllowedMethods
    kBadPath,           ///< malformed escape, invalid UTF-8 once decoded, or not starting with '/'
  };
  Outcome outcome = Outcome::kNotFound;
  RouteId route = 0;
  std::uint32_t capture_count = 0;
  /// Raw (undecoded) text of each variable, in the order of PathTemplate::variables(); its escapes
  /// are well formed and decode to UTF-8. Only the first `capture_count` mean anything. A variable
  /// that covers no segment is empty.
  std::array<std::string_view, kMaxVariables> captures;

  std::string_view capture(std::size_t i) const { return captures[i]; }
};

/// How a table is built and read.
struct MatcherOptions {
  /// A trailing '/' of the path is ignored: "/v1/x/" finds "/v1/x". Default: off.
  bool ignore_trailing_slash = false;
};

/// Finds the route of a request. Of the routes that match its path, the winner is chosen by these
/// rules, the first one first:
///
///  1. a route of the request's own method over one of "*";
///  2. a route whose verb is what follows the last ':' of the path over one that takes the colon as
///     text;
///  3. segment by segment of the templates from the left: literal over `*` over `**`, the end of
///     the template counting as more specific than a `**` that takes nothing;
///  4. where both have `**` at the same place, the one with more segments behind it, then those
///     segments by rule 3.
///
/// The result never depends on the order of registration, except between templates that are the
/// same but for variable names, where the first wins.
///
/// Matching works on the undecoded path: "/" has no segments, "/a/" has "a" and an empty one.
/// Neither `*` nor a plain variable takes a segment that is empty, "." or ".." (escaped or not);
/// `**` takes anything. %2f and %2F are equal, and other escapes of a literal or a verb compare by
/// what they decode to; an escaped slash or colon separates nothing. The HTTP method compares
/// without regard to case. There is no limit on the number of segments. Thread-safe to read.
class Matcher {
 public:
  class Builder {
   public:
    explicit Builder(MatcherOptions options = {}) : options_(options) {}
    /// Adds a route. `method` is upper-cased; "*" stands for any method and loses to every named
    /// one that matches. Throws std::length_error when the template binds more than kMaxVariables
    /// variables.
    RouteId Add(std::string_view method, PathTemplate path_template);
    /// Builds the table. With `conflicts` not null, overlaps are added to it, ordered by route
    /// numbers: all kSame, and up to kMaxCrossConflicts kCross.
    std::shared_ptr<const Matcher> Build(std::vector<Conflict>* conflicts = nullptr) &&;

   private:
    struct Entry {
      std::string method;
      PathTemplate path_template;
    };
    MatcherOptions options_;
    std::vector<Entry> entries_;
  };

  virtual ~Matcher() = default;

  /// Looks up `path` (origin form without the query, undecoded). Children and verbs are found by
  /// hash, so time is linear in the path and does not depend on the number of routes, save where
  /// literals and wildcards compete: then each different subtree that can hold the rest of the path
  /// is tried once at most. Allocates nothing, unless the table has a template with more than 64
  /// segments before or behind `**`.
  ///
  /// Routes of the method itself are tried first, then those of "*". When none of them matches but
  /// one of another method does, the outcome is kMethodNotAllowed.
  virtual void Find(std::string_view method, std::string_view path, Match* match) const = 0;
  /// Every method that has a route for `path`, sorted, "*" left out; the content of an Allow header
  /// field. Empty for a path that Find answers with kBadPath.
  virtual std::vector<std::string> AllowedMethods(std::string_view path) const = 0;
  /// Of a route that Builder::Add has numbered, as is method().
  virtual const PathTemplate& path_template(RouteId route) const = 0;
  virtual std::string_view method(RouteId route) const = 0;
  virtual std::size_t size() const = 0;
};

}  // namespace kratos::route
