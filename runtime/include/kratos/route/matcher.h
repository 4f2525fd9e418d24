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

/// Two routes whose paths overlap in a way that deserves a word.
struct Conflict {
  RouteId first = 0;
  RouteId second = 0;
  /// kSame, or kCross (reported one level lower).
  Relation relation = Relation::kSame;
  /// "GET /v1/x": a request that both match.
  std::string witness;
};

/// The answer to a lookup. Captures point into the path that was looked up and live as long as it does.
struct Match {
  enum class Outcome : std::uint8_t {
    kFound,
    kNotFound,
    kMethodNotAllowed,  ///< the path is known under other methods only; see Matcher::AllowedMethods
    kBadPath,           ///< malformed escape, or not starting with '/'
  };
  Outcome outcome = Outcome::kNotFound;
  RouteId route = 0;
  std::uint32_t capture_count = 0;
  /// Raw (undecoded) text of each variable, in the order of PathTemplate::variables().
  std::array<std::string_view, kMaxVariables> captures;

  std::string_view capture(std::size_t i) const { return captures[i]; }
};

/// How a table is built and read.
struct MatcherOptions {
  /// A trailing '/' of the path is ignored: "/v1/x/" finds "/v1/x". Default: off.
  bool ignore_trailing_slash = false;
};

/// Finds the route of a request. Precedence: literal over `*` over `**`, segment by segment from the left, a
/// registered verb over a value that contains a colon; the result never depends on the order of registration,
/// except between templates that are the same but for variable names, where the first wins.
///
/// Matching works on the undecoded path. %2f and %2F are equal, and other escapes of a literal compare by what they
/// decode to. Thread-safe to read.
class Matcher {
 public:
  class Builder {
   public:
    explicit Builder(MatcherOptions options = {}) : options_(options) {}
    /// Adds a route. `method` is upper-cased; "*" stands for any method and loses to a named one with the same path.
    RouteId Add(std::string_view method, PathTemplate path_template);
    /// Builds the table. With `conflicts` not null, overlaps are added to it, ordered by route number.
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

  /// Looks up `path` (origin form without the query, undecoded). Allocates nothing; time does not depend on the
  /// number of routes and is linear in the path. Routes of the method itself (then of "*") are tried first.
  virtual void Find(std::string_view method, std::string_view path, Match* match) const = 0;
  /// Every method that has a route for `path`, sorted, "*" left out; the content of an Allow header field.
  virtual std::vector<std::string> AllowedMethods(std::string_view path) const = 0;
  virtual const PathTemplate& path_template(RouteId route) const = 0;
  virtual std::string_view method(RouteId route) const = 0;
  virtual std::size_t size() const = 0;
};

}  // namespace kratos::route
