// A lookup allocates nothing: this program counts every use of the global operator new.
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "kratos/route/matcher.h"
#include "support/catch.h"

namespace {
std::size_t g_allocations = 0;
}  // namespace

void* operator new(std::size_t size) {
  ++g_allocations;
  if (void* p = std::malloc(size != 0 ? size : 1)) return p;
  throw std::bad_alloc();
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return ::operator new(size);
  } catch (...) {
    return nullptr;
  }
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }

namespace kratos::route {
namespace {

TEST_CASE("a lookup allocates nothing", "[matcher]") {
  Matcher::Builder builder;
  const auto add = [&](const char* method, const std::string& text) {
    builder.Add(method, *PathTemplate::Parse(text));
  };
  std::string long_template, long_path;
  for (int i = 0; i < 60; ++i) {
    long_template += i < 30 ? "/{f" + std::to_string(i) + "}" : "/s";
    long_path += i < 30 ? "/x" : "/s";
  }
  add("GET", long_template);
  for (int bits = 0; bits < 64; ++bits) {
    std::string text = "/c";
    for (int i = 0; i < 6; ++i) text += (bits >> i & 1) != 0 ? "/a" : "/*";
    add("GET", text + "/end");
  }
  add("GET", "/v1/{name=projects/*/**}/tail/{id}");
  add("POST", "/v1/{name=**}:cancel");
  add("*", "/any/{x}");
  const auto matcher = std::move(builder).Build();

  std::string deep = "/v1/projects/p";
  while (deep.size() < 8000) deep += "/segment%20x";
  const struct {
    const char* name;
    const char* method;
    std::string path;
    Match::Outcome outcome;
  } rows[] = {
      {"60 segments", "GET", long_path, Match::Outcome::kFound},
      {"dead ends", "GET", "/c/a/a/a/a/a/a/no", Match::Outcome::kNotFound},
      {"8 kB", "get", deep + "/tail/%C3%A9", Match::Outcome::kFound},
      {"verb", "POST", "/v1/a/b:cancel", Match::Outcome::kFound},
      {"wrong method", "GET", "/v1/a/b:cancel", Match::Outcome::kMethodNotAllowed},
      {"any method", "PURGE", "/any/%2F", Match::Outcome::kFound},
      {"bad path", "GET", "/v1/%zz", Match::Outcome::kBadPath},
      {"8 kB, not found", "GET", deep, Match::Outcome::kNotFound},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    Match match;
    const std::size_t before = g_allocations;
    matcher->Find(row.method, row.path, &match);
    const std::size_t after = g_allocations;
    CHECK(after == before);
    CHECK(match.outcome == row.outcome);
  }
  // The counter counts.
  const std::size_t before = g_allocations;
  const std::vector<std::string> allowed = matcher->AllowedMethods("/v1/a/b:cancel");
  CHECK(g_allocations > before);
  CHECK(allowed == std::vector<std::string>{"POST"});
}

}  // namespace
}  // namespace kratos::route
