#include "kratos/middleware/selector.h"

#include <string>

#include "fixture.h"
#include "support/catch.h"

namespace kratos::middleware {
namespace {

// The names of the middleware that ran.
std::string Ran(SelectorOptions options, TransportInfo::Side side, const std::string& operation) {
  std::string ran;
  const auto named = [&ran](std::string name) -> Middleware {
    return [&ran, name](Handler next) -> Handler {
      return [&ran, name, next](Context& ctx, const Message& request, Message* reply) {
        ran += name;
        return next(ctx, request, reply);
      };
    };
  };
  options.middleware = {named("a"), named("b")};
  Context ctx;
  ctx.mutable_transport() = CallOf(side, operation);
  CHECK(Run(Selector(std::move(options)), ctx, [&ran](Context&) {
          ran += "*";
          return Status();
        }).ok());
  return ran;
}

TEST_CASE("selector: operations, prefixes, exceptions") {
  const struct {
    const char* name;
    std::vector<std::string> operations;
    std::vector<std::string> except;
    const char* operation;
    bool selected;
  } rows[] = {
      {"nothing", {}, {}, "/a.B/C", false},
      {"exact", {"/a.B/C"}, {}, "/a.B/C", true},
      {"exact is not a prefix", {"/a.B/C"}, {}, "/a.B/CD", false},
      {"nor a suffix", {"/a.B/C"}, {}, "/x/a.B/C", false},
      {"one of two", {"/x", "/a.B/C"}, {}, "/a.B/C", true},
      {"prefix", {"/a.B/*"}, {}, "/a.B/C", true},
      {"prefix, its own length", {"/a.B/*"}, {}, "/a.B/", true},
      {"prefix, other service", {"/a.B/*"}, {}, "/a.BC/D", false},
      {"all", {"*"}, {}, "/a.B/C", true},
      {"all, empty operation", {"*"}, {}, "", true},
      {"empty operation (fault 39)", {"/a.B/*"}, {}, "", false},
      {"a longer name whose beginning is named (fault 39)", {"/a", "/ab"}, {}, "/ab", true},
      {"except one", {"*"}, {"/a.B/C"}, "/a.B/C", false},
      {"except another", {"*"}, {"/a.B/C"}, "/a.B/D", true},
      {"except a prefix", {"/a.*"}, {"/a.B/*"}, "/a.B/C", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    SelectorOptions options;
    options.operations = row.operations;
    options.except = row.except;
    CHECK(Ran(options, kServer, row.operation) == (row.selected ? "ab*" : "*"));
  }
}

TEST_CASE("selector: a predicate selects more") {
  SelectorOptions options;
  options.operations = {"/a"};
  options.except = {"/secret"};
  options.predicate = [](const Context& ctx, std::string_view operation) {
    return ctx.transport().kind == "http" && operation.ends_with("t");
  };
  CHECK(Ran(options, kServer, "/a") == "ab*");
  CHECK(Ran(options, kServer, "/cat") == "ab*");
  CHECK(Ran(options, kServer, "/dog") == "*");
  CHECK(Ran(options, kServer, "/secret") == "*");
}

TEST_CASE("selector: sides, and contexts that are no call") {
  SelectorOptions options;
  options.operations = {"*"};
  CHECK(Ran(options, kClient, "/a") == "ab*");
  CHECK(Ran(options, kNone, "/a") == "*");
  options.side = kClient;
  CHECK(Ran(options, kClient, "/a") == "ab*");
  CHECK(Ran(options, kServer, "/a") == "*");
}

}  // namespace
}  // namespace kratos::middleware
