// What a Router handle points at.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "kratos/http/server.h"

namespace kratos::http {

struct Router::Scope {
  std::string prefix;
  /// Outermost first.
  std::vector<Filter> filters;
  /// Registers with the server.
  std::function<void(std::string method, std::string path, HandlerFunc handler, bool stream)> add;
  /// The handler with the group's filters.
  void Add(std::string_view method, std::string_view path, HandlerFunc handler,
           const std::vector<Filter>& own_filters, bool stream) const;
};

/// `handler` with `filters[0]` outermost.
HandlerFunc ApplyFilters(const std::vector<Filter>& filters, HandlerFunc handler);

}  // namespace kratos::http
