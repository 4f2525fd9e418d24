// What a Router handle points at.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kratos/http/server.h"

namespace kratos::http {

struct Router::Scope {
  std::string prefix;
  /// Outermost first.
  std::vector<Filter> filters;
  /// Registers with the server.
  std::function<void(std::string method, std::string path, HandlerFunc handler)> add;
};

/// `handler` with `filters[0]` outermost.
HandlerFunc ApplyFilters(const std::vector<Filter>& filters, HandlerFunc handler);

}  // namespace kratos::http
