#include "diagnostics/suggest.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace kratos::plugin {
namespace {

constexpr std::size_t kMaxLength = 100;

/// Insertions, deletions, replacements and swaps of neighbours between two words (optimal string
/// alignment).
std::size_t Distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::string Folded(const std::string& name) {
  std::string out;
  for (const char c : name) {
    if (c == '_') continue;
    out += (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

}  // namespace

std::string Nearest(const std::string& name, const std::vector<std::string>& candidates) {
  if (name.empty() || name.size() > kMaxLength) return {};
  const std::string folded = Folded(name);
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(name.size() / 3, 1) + 1;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kMaxLength) continue;
    const std::size_t distance = Folded(candidate) == folded ? 0 : Distance(name, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  // A one-letter name is near every other one-letter name; that helps nobody.
  return name.size() == 1 && best_distance > 0 ? std::string() : best;
}

}  // namespace kratos::plugin
