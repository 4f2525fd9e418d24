// How two templates relate: sets of paths, and who wins where they overlap.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kratos/route/path_template.h"
#include "kratos/route/percent.h"
#include "route/pattern.h"

namespace kratos::route {
namespace {

/// The numbers of segments worth trying for two patterns: beyond the sum of both minima, more
/// segments only make both `**` longer and decide nothing.
std::pair<std::size_t, std::size_t> SizesToTry(const Pattern& a, const Pattern& b) {
  if (!a.multi) return {a.min_size(), a.min_size()};
  if (!b.multi) return {b.min_size(), b.min_size()};
  return {std::max(a.min_size(), b.min_size()), a.min_size() + b.min_size()};
}

bool HasSize(const Pattern& pattern, std::size_t size) {
  return pattern.multi ? size >= pattern.min_size() : size == pattern.min_size();
}

/// A text that both take if there is one; null stands for `**`.
std::string CommonText(const Element* a, const Element* b) {
  if (a != nullptr && a->wildcard()) a = nullptr;
  if (b != nullptr && b->wildcard()) b = nullptr;
  if (a == nullptr && b == nullptr) return "x";
  return a != nullptr ? a->literal : b->literal;
}

bool AcceptsText(const Element* element, std::string_view text) {
  return element == nullptr || Accepts(*element, text);
}

/// A path of `size` segments that both match, the verb of both behind it.
std::optional<std::string> CommonPath(const Pattern& a, const Pattern& b, std::size_t size) {
  std::string path;
  for (std::size_t i = 0; i < size; ++i) {
    const Element* const ea = a.At(i, size);
    const Element* const eb = b.At(i, size);
    const std::string text = CommonText(ea, eb);
    if (!AcceptsText(ea, text) || !AcceptsText(eb, text)) return std::nullopt;
    path += '/';
    AppendEncoded(text, /*keep_slash=*/false, &path);
  }
  if (path.empty()) path += '/';
  if (!a.verb.empty()) {
    path += ':';
    AppendEncoded(a.verb, /*keep_slash=*/false, &path);
  }
  return path;
}

/// A path of `size` segments that `a` matches by its verb, and `b`, which has none, by taking the
/// colon as text.
std::optional<std::string> CommonPathAcrossVerb(const Pattern& a, const Pattern& b,
                                                std::size_t size) {
  std::string path;
  for (std::size_t i = 0; i + 1 < size; ++i) {
    const Element* const ea = a.At(i, size);
    const Element* const eb = b.At(i, size);
    const std::string text = CommonText(ea, eb);
    if (!AcceptsText(ea, text) || !AcceptsText(eb, text)) return std::nullopt;
    path += '/';
    AppendEncoded(text, /*keep_slash=*/false, &path);
  }
  const Element* const ea = a.At(size - 1, size);
  const Element* const eb = b.At(size - 1, size);
  std::string last = CommonText(ea, nullptr);
  const std::string tail = ':' + a.verb;
  if (eb != nullptr && !eb->wildcard()) {
    const std::string& literal = eb->literal;
    if (!literal.ends_with(tail)) return std::nullopt;
    last = literal.substr(0, literal.size() - tail.size());
  }
  if (!AcceptsText(ea, last)) return std::nullopt;
  path += '/';
  AppendEncoded(last, /*keep_slash=*/false, &path);
  path += ':';
  AppendEncoded(a.verb, /*keep_slash=*/false, &path);
  return path;
}

/// True when every path of `a` is one of `b`; their verbs are equal.
bool IsSubset(const Pattern& a, const Pattern& b) {
  if (a.multi && !b.multi) return false;
  const std::size_t last = a.multi ? a.min_size() + b.min_size() + 1 : a.min_size();
  for (std::size_t size = a.min_size(); size <= last; ++size) {
    if (!HasSize(b, size)) return false;
    for (std::size_t i = 0; i < size; ++i) {
      const Element* const ea = a.At(i, size);
      const Element* const eb = b.At(i, size);
      if (eb == nullptr) continue;
      // `**` takes more than `*` does, an empty segment for one.
      if (ea == nullptr) return false;
      if (ea->wildcard() ? !eb->wildcard() : !Accepts(*eb, ea->literal)) return false;
    }
  }
  return true;
}

/// True when `a` is tried before `b`; they overlap, are not the same, and their verbs are equal.
bool Wins(const Pattern& a, const Pattern& b) {
  const std::size_t common = std::min(a.prefix.size(), b.prefix.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (a.prefix[i].wildcard() != b.prefix[i].wildcard()) return b.prefix[i].wildcard();
  }
  // The shorter prefix goes on with `**`, or else both would not overlap.
  if (a.prefix.size() != b.prefix.size()) return a.prefix.size() > b.prefix.size();
  if (a.multi != b.multi) return b.multi;
  // Where the shorter suffix still has `**`, the longer one names a segment.
  if (a.suffix.size() != b.suffix.size()) return a.suffix.size() > b.suffix.size();
  for (std::size_t i = 0; i < a.suffix.size(); ++i) {
    if (a.suffix[i].wildcard() != b.suffix[i].wildcard()) return b.suffix[i].wildcard();
  }
  return false;
}

/// `a` has a verb, `b` has none.
Overlap CompareAcrossVerb(const Pattern& a, const Pattern& b, Relation verb_wins) {
  const auto [first, last] = SizesToTry(a, b);
  // The verb's colon stands in a segment, so a path without one is out. One segment more than
  // usual: the last one may have to be inside the `**` of both.
  for (std::size_t size = std::max<std::size_t>(first, 1); size <= last + 1; ++size) {
    if (!HasSize(a, size) || !HasSize(b, size)) continue;
    if (auto path = CommonPathAcrossVerb(a, b, size)) return {verb_wins, std::move(*path)};
  }
  return {};
}

}  // namespace

Overlap Compare(const PathTemplate& first, const PathTemplate& second) {
  const Pattern a = MakePattern(first);
  const Pattern b = MakePattern(second);
  if (a.verb != b.verb) {
    if (b.verb.empty()) return CompareAcrossVerb(a, b, Relation::kFirstMoreSpecific);
    if (a.verb.empty()) return CompareAcrossVerb(b, a, Relation::kSecondMoreSpecific);
    return {};  // only what follows the last colon is a verb: no path has two
  }
  const auto [smallest, largest] = SizesToTry(a, b);
  std::optional<std::string> witness;
  for (std::size_t size = smallest; size <= largest && !witness; ++size) {
    if (HasSize(a, size) && HasSize(b, size)) witness = CommonPath(a, b, size);
  }
  if (!witness) return {};
  const bool first_inside = IsSubset(a, b);
  const bool second_inside = IsSubset(b, a);
  Relation relation = Relation::kCross;
  if (first_inside && second_inside) {
    relation = Relation::kSame;
  } else if (first_inside && Wins(a, b)) {
    relation = Relation::kFirstMoreSpecific;
  } else if (second_inside && Wins(b, a)) {
    relation = Relation::kSecondMoreSpecific;
  }
  return {relation, std::move(*witness)};
}

}  // namespace kratos::route
