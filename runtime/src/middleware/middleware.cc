#include "kratos/middleware/middleware.h"

#include <algorithm>

namespace kratos {

namespace {

using Rules = std::vector<std::pair<std::string, std::vector<Middleware>>>;

void Put(Rules& rules, std::string key, std::vector<Middleware> chain) {
  for (auto& rule : rules) {
    if (rule.first == key) {
      rule.second = std::move(chain);
      return;
    }
  }
  rules.emplace_back(std::move(key), std::move(chain));
}

void Append(std::vector<Middleware>& to, const std::vector<Middleware>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

Handler Chain(const std::vector<Middleware>& chain, Handler last) {
  Handler handler = std::move(last);
  for (auto it = chain.rbegin(); it != chain.rend(); ++it) handler = (*it)(std::move(handler));
  return handler;
}

void MiddlewareTable::Use(std::vector<Middleware> chain) { Append(defaults_, chain); }

void MiddlewareTable::Use(std::string selector, std::vector<Middleware> chain) {
  if (!selector.empty() && selector.back() == '*') {
    selector.pop_back();
    Put(prefixes_, std::move(selector), std::move(chain));
    // Shortest first: accumulation goes from general to particular.
    std::stable_sort(prefixes_.begin(), prefixes_.end(),
                     [](const auto& a, const auto& b) { return a.first.size() < b.first.size(); });
  } else {
    Put(exact_, std::move(selector), std::move(chain));
  }
}

std::vector<Middleware> MiddlewareTable::Match(std::string_view operation) const {
  std::vector<Middleware> chain = defaults_;
  const auto exact = std::find_if(exact_.begin(), exact_.end(),
                                  [&](const auto& r) { return r.first == operation; });
  if (accumulate_) {
    for (const auto& rule : prefixes_) {
      if (operation.starts_with(rule.first)) Append(chain, rule.second);
    }
    if (exact != exact_.end()) Append(chain, exact->second);
    return chain;
  }
  if (exact != exact_.end()) {
    Append(chain, exact->second);
    return chain;
  }
  const auto longest = std::find_if(prefixes_.rbegin(), prefixes_.rend(),
                                    [&](const auto& r) { return operation.starts_with(r.first); });
  if (longest != prefixes_.rend()) Append(chain, longest->second);
  return chain;
}

}  // namespace kratos
