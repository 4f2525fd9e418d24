#include "http/router_scope.h"

namespace kratos::http {

namespace {

// "/a/" and "/b" give "/a/b"; "/" adds nothing.
std::string Join(std::string_view prefix, std::string_view path) {
  std::string joined(prefix);
  while (!joined.empty() && joined.back() == '/') joined.pop_back();
  if (!path.empty() && path.front() != '/' && !joined.empty()) joined.push_back('/');
  joined.append(path);
  return joined;
}

}  // namespace

HandlerFunc ApplyFilters(const std::vector<Filter>& filters, HandlerFunc handler) {
  for (auto it = filters.rbegin(); it != filters.rend(); ++it) handler = (*it)(std::move(handler));
  return handler;
}

Router Router::Group(std::string_view prefix, std::vector<Filter> filters) const {
  auto scope = std::make_shared<Scope>(*scope_);
  scope->prefix = Join(scope_->prefix, prefix);
  scope->filters.insert(scope->filters.end(), filters.begin(), filters.end());
  return Router(std::move(scope));
}

void Router::Scope::Add(std::string_view method, std::string_view path, HandlerFunc handler,
                        const std::vector<Filter>& own_filters, bool stream) const {
  handler = ApplyFilters(own_filters, std::move(handler));
  add(std::string(method), Join(prefix, path), ApplyFilters(filters, std::move(handler)), stream);
}

void Router::Handle(std::string_view method, std::string_view path, HandlerFunc handler,
                    std::vector<Filter> filters) const {
  scope_->Add(method, path, std::move(handler), filters, /*stream=*/false);
}

void Router::Stream(std::string_view method, std::string_view path, HandlerFunc handler,
                    std::vector<Filter> filters) const {
  scope_->Add(method, path, std::move(handler), filters, /*stream=*/true);
}

void Router::Get(std::string_view path, HandlerFunc handler, std::vector<Filter> filters) const {
  Handle("GET", path, std::move(handler), std::move(filters));
}
void Router::Head(std::string_view path, HandlerFunc handler, std::vector<Filter> filters) const {
  Handle("HEAD", path, std::move(handler), std::move(filters));
}
void Router::Post(std::string_view path, HandlerFunc handler, std::vector<Filter> filters) const {
  Handle("POST", path, std::move(handler), std::move(filters));
}
void Router::Put(std::string_view path, HandlerFunc handler, std::vector<Filter> filters) const {
  Handle("PUT", path, std::move(handler), std::move(filters));
}
void Router::Patch(std::string_view path, HandlerFunc handler, std::vector<Filter> filters) const {
  Handle("PATCH", path, std::move(handler), std::move(filters));
}
void Router::Delete(std::string_view path, HandlerFunc handler, std::vector<Filter> filters) const {
  Handle("DELETE", path, std::move(handler), std::move(filters));
}
void Router::Options(std::string_view path, HandlerFunc handler,
                     std::vector<Filter> filters) const {
  Handle("OPTIONS", path, std::move(handler), std::move(filters));
}

}  // namespace kratos::http
