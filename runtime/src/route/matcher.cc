#include "kratos/route/matcher.h"

#include <algorithm>
#include <bit>
#include <map>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "route/chars.h"
#include "route/conflicts.h"
#include "route/pattern.h"
#include "route/route_tree.h"
#include "route/route_tree_builder.h"
#include "route/split_path.h"

namespace kratos::route {
namespace {

constexpr std::string_view kAnyMethod = "*";

std::string Upper(std::string_view method) {
  std::string upper(method);
  std::transform(upper.begin(), upper.end(), upper.begin(), ToUpper);
  return upper;
}

/// Orders methods without regard to case; upper-case ones as std::string does, by unsigned bytes.
bool MethodLess(std::string_view a, std::string_view b) {
  const auto key = [](char c) { return static_cast<unsigned char>(ToUpper(c)); };
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [&](char x, char y) { return key(x) < key(y); });
}

bool MethodEquals(std::string_view upper, std::string_view any) {
  return std::equal(upper.begin(), upper.end(), any.begin(), any.end(),
                    [](char a, char b) { return a == ToUpper(b); });
}

/// The trees of one method that have a verb, by hash of its decoded text.
class VerbTable {
 public:
  void Build(std::vector<std::pair<std::string, RouteTree>> trees) {
    trees_ = std::move(trees);
    if (trees_.empty()) return;
    slots_.assign(std::bit_ceil(2 * trees_.size()), 0);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t t = 0; t < trees_.size(); ++t) {
      std::size_t i = LiteralHash::Of(trees_[t].first) & mask;
      while (slots_[i] != 0) i = (i + 1) & mask;
      slots_[i] = static_cast<std::uint32_t>(t + 1);
    }
  }

  bool empty() const { return trees_.empty(); }

  const RouteTree* Find(std::string_view raw, bool escaped) const {
    PathSegment verb = PathSegment::Make(raw.data(), raw.size(), escaped);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = verb.Hash() & mask; slots_[i] != 0; i = (i + 1) & mask) {
      const auto& [text, tree] = trees_[slots_[i] - 1];
      if (verb.Is(text)) return &tree;
    }
    return nullptr;
  }

 private:
  std::vector<std::pair<std::string, RouteTree>> trees_;
  std::vector<std::uint32_t> slots_;  // index into trees_ plus one; 0 is free
};

struct MethodTable {
  std::string method;
  RouteTree plain;
  VerbTable verbs;
};

/// What a match needs to know of its route.
struct Route {
  std::string method;
  PathTemplate path_template;
  std::uint32_t segments = 0;
  /// Index of `**` among the segments, or their number.
  std::uint32_t multi = 0;

  Route(std::string method_name, PathTemplate path)
      : method(std::move(method_name)), path_template(std::move(path)) {
    const std::vector<Segment>& all = path_template.segments();
    segments = static_cast<std::uint32_t>(all.size());
    while (multi < segments && all[multi].kind != Segment::Kind::kMultiWildcard) ++multi;
  }
};

void FillCaptures(const Route& route, SplitPath& path, Match* match) {
  // With a `**` of s segments, what stands behind it in the template is s - 1 places further on in
  // the path.
  const std::size_t fixed = route.segments - (route.multi < route.segments ? 1 : 0);
  const auto place = [&](std::size_t index) {
    return index <= route.multi ? index : index - 1 + (path.size() - fixed);
  };
  match->capture_count = static_cast<std::uint32_t>(route.path_template.variables().size());
  std::size_t i = 0;
  for (const Variable& variable : route.path_template.variables()) {
    const std::size_t first = place(variable.first);
    const std::size_t last = place(variable.last);
    const char* const begin = first < path.size() ? path.At(first).data : path.end();
    const char* end = begin;
    if (last > first) {
      const PathSegment& segment = path.At(last - 1);
      end = segment.data + segment.size;
    }
    match->captures[i++] = {begin, static_cast<std::size_t>(end - begin)};
  }
}

class TreeMatcher final : public Matcher {
 public:
  TreeMatcher(MatcherOptions options, std::vector<Route> routes, std::vector<MethodTable> tables)
      : options_(options), routes_(std::move(routes)), tables_(std::move(tables)) {
    for (const Route& route : routes_) {
      // One more on either side: a variable may begin or end at the far end of its `**`.
      front_ = std::max<std::size_t>(front_, route.multi + 1);
      back_ = std::max<std::size_t>(back_, route.segments - route.multi + 1);
    }
    any_ = FindTable(kAnyMethod);
  }

  void Find(std::string_view method, std::string_view path, Match* match) const override {
    match->outcome = Match::Outcome::kNotFound;
    match->route = 0;
    match->capture_count = 0;
    SplitPath split;
    if (!Split(path, &split)) {
      match->outcome = Match::Outcome::kBadPath;
      return;
    }
    const MethodTable* const own = FindTable(method);
    if (own != nullptr && FindIn(*own, split, match)) return;
    if (any_ != nullptr && any_ != own && FindIn(*any_, split, match)) return;
    for (const MethodTable& table : tables_) {
      if (&table != own && &table != any_ && Has(table, split)) {
        match->outcome = Match::Outcome::kMethodNotAllowed;
        return;
      }
    }
  }

  std::vector<std::string> AllowedMethods(std::string_view path) const override {
    std::vector<std::string> methods;
    SplitPath split;
    if (!Split(path, &split)) return methods;
    for (const MethodTable& table : tables_) {
      if (&table != any_ && Has(table, split)) methods.push_back(table.method);
    }
    return methods;
  }

  const PathTemplate& path_template(RouteId route) const override {
    return routes_[route].path_template;
  }
  std::string_view method(RouteId route) const override { return routes_[route].method; }
  std::size_t size() const override { return routes_.size(); }

 private:
  bool Split(std::string_view path, SplitPath* split) const {
    if (options_.ignore_trailing_slash && path.size() > 1 && path.back() == '/') {
      path.remove_suffix(1);
    }
    return split->Parse(path, front_, back_);
  }

  const MethodTable* FindTable(std::string_view method) const {
    // Nearly all requests spell it as it is spelled here.
    for (const MethodTable& table : tables_) {
      if (table.method == method) return &table;
    }
    const auto it = std::lower_bound(tables_.begin(), tables_.end(), method,
                                     [](const MethodTable& table, std::string_view name) {
                                       return MethodLess(table.method, name);
                                     });
    return it != tables_.end() && MethodEquals(it->method, method) ? &*it : nullptr;
  }

  /// Calls `found` with the route before the path is put together again. False when there is none.
  template <typename Found>
  static bool Search(const MethodTable& table, SplitPath& path, Found found) {
    if (!path.verb().empty() && !table.verbs.empty()) {
      if (const RouteTree* tree = table.verbs.Find(path.verb(), path.verb_escaped())) {
        path.SplitVerb();
        const RouteTree::Result result = tree->Find(path);
        if (result.found()) found(result.route);
        path.JoinVerb();
        if (result.found()) return true;
      }
    }
    const RouteTree::Result result = table.plain.Find(path);
    if (result.found()) found(result.route);
    return result.found();
  }

  static bool Has(const MethodTable& table, SplitPath& path) {
    return Search(table, path, [](RouteId) {});
  }

  bool FindIn(const MethodTable& table, SplitPath& path, Match* match) const {
    return Search(table, path, [&](RouteId route) {
      match->outcome = Match::Outcome::kFound;
      match->route = route;
      FillCaptures(routes_[route], path, match);
    });
  }

  MatcherOptions options_;
  std::vector<Route> routes_;
  std::vector<MethodTable> tables_;  // by method
  const MethodTable* any_ = nullptr;
  // How many segments at each end of a path decide.
  std::size_t front_ = 1;
  std::size_t back_ = 1;
};

/// The trees of a table while it is being built, and the conflicts that show on the way.
class TableBuilder {
 public:
  explicit TableBuilder(const std::vector<Route>& routes) : routes_(routes) {
    patterns_.reserve(routes.size());
    for (RouteId id = 0; id < routes.size(); ++id) {
      patterns_.push_back(MakePattern(routes[id].path_template));
      RouteTreeBuilder& tree = trees_[routes[id].method][patterns_[id].verb];
      first_.push_back(tree.Add(patterns_[id], id));
    }
  }

  std::vector<Conflict> FindConflicts() const {
    std::vector<Conflict> conflicts;
    std::size_t crossings = 0;
    for (RouteId id = 0; id < routes_.size(); ++id) {
      if (first_[id] != id) {
        Report(first_[id], id, Relation::kSame, &conflicts);
        continue;
      }
      const RouteTreeBuilder& tree = trees_.at(routes_[id].method).at(patterns_[id].verb);
      ForEachCrossingCandidate(tree, patterns_[id], [&](RouteId other) {
        if (crossings == kMaxCrossConflicts) return false;
        crossings += other > id && Report(id, other, Relation::kCross, &conflicts);
        return true;
      });
    }
    std::sort(conflicts.begin(), conflicts.end(), [](const Conflict& a, const Conflict& b) {
      return std::tie(a.first, a.second) < std::tie(b.first, b.second);
    });
    return conflicts;
  }

  std::vector<MethodTable> Build() && {
    std::vector<MethodTable> tables;
    for (auto& [method, by_verb] : trees_) {
      MethodTable& table = tables.emplace_back();
      table.method = method;
      std::vector<std::pair<std::string, RouteTree>> verbs;
      for (auto& [verb, tree] : by_verb) {
        if (verb.empty()) {
          table.plain = std::move(tree).Build();
        } else {
          verbs.emplace_back(verb, std::move(tree).Build());
        }
      }
      table.verbs.Build(std::move(verbs));
    }
    return tables;
  }

 private:
  /// Adds the pair if it relates as `relation` says.
  bool Report(RouteId first, RouteId second, Relation relation,
              std::vector<Conflict>* conflicts) const {
    const Route& route = routes_[first];
    Overlap overlap = Compare(route.path_template, routes_[second].path_template);
    if (overlap.relation != relation) return false;
    const std::string method = route.method == kAnyMethod ? "GET" : route.method;
    conflicts->push_back({first, second, relation, method + ' ' + overlap.witness});
    return true;
  }

  const std::vector<Route>& routes_;
  std::vector<Pattern> patterns_;
  std::vector<RouteId> first_;  // of each route, the first that takes the same requests
  std::map<std::string, std::map<std::string, RouteTreeBuilder>> trees_;
};

}  // namespace

RouteId Matcher::Builder::Add(std::string_view method, PathTemplate path_template) {
  if (path_template.variables().size() > kMaxVariables) {
    throw std::length_error("path template \"" + path_template.text() + "\" binds more than " +
                            std::to_string(kMaxVariables) + " variables");
  }
  entries_.push_back({Upper(method), std::move(path_template)});
  return static_cast<RouteId>(entries_.size() - 1);
}

std::shared_ptr<const Matcher> Matcher::Builder::Build(std::vector<Conflict>* conflicts) && {
  std::vector<Route> routes;
  routes.reserve(entries_.size());
  for (Entry& entry : entries_) {
    routes.emplace_back(std::move(entry.method), std::move(entry.path_template));
  }
  TableBuilder tables(routes);
  if (conflicts != nullptr) {
    for (Conflict& conflict : tables.FindConflicts()) conflicts->push_back(std::move(conflict));
  }
  std::vector<MethodTable> built = std::move(tables).Build();
  return std::make_shared<TreeMatcher>(options_, std::move(routes), std::move(built));
}

}  // namespace kratos::route
