#include "kratos/route/matcher.h"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.h"

namespace kratos::route {
namespace {

struct Spec {
  std::string method;
  std::string text;
};

std::shared_ptr<const Matcher> Build(const std::vector<Spec>& specs, MatcherOptions options = {}) {
  Matcher::Builder builder(options);
  for (const Spec& spec : specs) {
    ParseError error;
    const auto parsed = PathTemplate::Parse(spec.text, &error);
    INFO(spec.text << ": " << error.message);
    REQUIRE(parsed);
    builder.Add(spec.method, *parsed);
  }
  return std::move(builder).Build();
}

/// "/v1/{x} x=1": the template found and its captures, or "404", "405" with the methods allowed,
/// "400".
std::string Ask(const Matcher& matcher, const std::string& method, const std::string& path) {
  Match match;
  matcher.Find(method, path, &match);
  std::string out;
  switch (match.outcome) {
    case Match::Outcome::kNotFound:
      return "404";
    case Match::Outcome::kBadPath:
      return "400";
    case Match::Outcome::kMethodNotAllowed:
      out = "405";
      for (const std::string& allowed : matcher.AllowedMethods(path)) out += ' ' + allowed;
      return out;
    case Match::Outcome::kFound:
      break;
  }
  const PathTemplate& found = matcher.path_template(match.route);
  out = found.text();
  for (std::size_t i = 0; i < match.capture_count; ++i) {
    out += ' ' + found.variables()[i].FieldPath() + '=' + std::string(match.capture(i));
  }
  return out;
}

struct Row {
  const char* name;
  std::vector<std::string> templates;  // all GET
  std::string path;
  std::string answer;
};

void CheckRows(const std::vector<Row>& rows, MatcherOptions options = {}) {
  for (const Row& row : rows) {
    std::vector<Spec> forward, backward;
    for (const std::string& text : row.templates) {
      forward.push_back({"GET", text});
      backward.insert(backward.begin(), {"GET", text});
    }
    INFO(row.name << ": " << row.path);
    CHECK(Ask(*Build(forward, options), "GET", row.path) == row.answer);
    CHECK(Ask(*Build(backward, options), "GET", row.path) == row.answer);
  }
}

TEST_CASE("K6: one template against one path", "[matcher]") {
  CheckRows({
      {"root", {"/"}, "/", "/"},
      {"root only", {"/"}, "/a", "404"},
      {"literal", {"/v1/a"}, "/v1/a", "/v1/a"},
      {"case matters", {"/v1/a"}, "/v1/A", "404"},
      {"too short", {"/v1/a"}, "/v1", "404"},
      {"too long", {"/v1/a"}, "/v1/a/b", "404"},
      {"trailing slash", {"/v1/a"}, "/v1/a/", "404"},
      {"no prefix match of literals", {"/v1/ab"}, "/v1/a", "404"},
      {"variable", {"/v1/{x}"}, "/v1/a%20b", "/v1/{x} x=a%20b"},
      {"pattern", {"/v1/{x=a/*/b}/{y}"}, "/v1/a/1/b/2", "/v1/{x=a/*/b}/{y} x=a/1/b y=2"},
      {"bare wildcard", {"/v1/*"}, "/v1/a", "/v1/*"},
      {"bare multi wildcard", {"/v1/**"}, "/v1/a/b", "/v1/**"},
      {"** takes many", {"/v1/{x=**}"}, "/v1/a/b/c", "/v1/{x=**} x=a/b/c"},
      {"** takes one", {"/v1/{x=**}"}, "/v1/a", "/v1/{x=**} x=a"},
      {"** takes none", {"/v1/{x=**}"}, "/v1", "/v1/{x=**} x="},
      {"** takes none at the root", {"/{x=**}"}, "/", "/{x=**} x="},
      {"** behind a literal takes none", {"/{x=o/**}"}, "/o", "/{x=o/**} x=o"},
      {"** behind a literal takes an empty one", {"/{x=o/**}"}, "/o/", "/{x=o/**} x=o/"},
      {"text behind **", {"/v1/{x=**}/b"}, "/v1/a/b/b", "/v1/{x=**}/b x=a/b"},
      {"text behind an empty **", {"/v1/{x=**}/b"}, "/v1/b", "/v1/{x=**}/b x="},
      {"text behind ** missing", {"/v1/{x=**}/b"}, "/v1/a", "404"},
      {"variable behind **", {"/{x=**}/{y}"}, "/a/b/c", "/{x=**}/{y} x=a/b y=c"},
      {"segments behind ** in a variable",
       {"/{x=**/b/*}/c"},
       "/a/a/b/1/c",
       "/{x=**/b/*}/c x=a/a/b/1"},
      {"prefix and suffix do not overlap", {"/a/**/a"}, "/a", "404"},
  });
}

TEST_CASE("K8: empty and dot segments are for ** only", "[matcher]") {
  CheckRows({
      {"empty", {"/v1/{x}"}, "/v1/", "404"},
      {"empty in the middle", {"/v1/*/b"}, "/v1//b", "404"},
      {"double slash is not cleaned", {"/v1/a"}, "/v1//a", "404"},
      {"dot", {"/v1/{x}"}, "/v1/.", "404"},
      {"dots", {"/v1/{x}"}, "/v1/..", "404"},
      {"escaped dot", {"/v1/{x}"}, "/v1/%2e", "404"},
      {"escaped dots", {"/v1/{x}"}, "/v1/%2E%2e", "404"},
      {"half escaped dots", {"/v1/{x}"}, "/v1/.%2E", "404"},
      {"other half escaped dots", {"/v1/{x}"}, "/v1/%2e.", "404"},
      {"three dots are a name", {"/v1/{x}"}, "/v1/...", "/v1/{x} x=..."},
      {"three dots, two escaped", {"/v1/{x}"}, "/v1/%2e%2e.", "/v1/{x} x=%2e%2e."},
      {"hidden file", {"/v1/{x}"}, "/v1/.a", "/v1/{x} x=.a"},
      {"escaped hidden file", {"/v1/{x}"}, "/v1/%2ea", "/v1/{x} x=%2ea"},
      {"other short escape", {"/v1/{x}"}, "/v1/%2F", "/v1/{x} x=%2F"},
      {"dots are not cleaned", {"/v1/a"}, "/v1/b/../a", "404"},
      {"** takes all that", {"/v1/{x=**}"}, "/v1//../%2e/", "/v1/{x=**} x=/../%2e/"},
      {"** takes one empty", {"/v1/{x=**}"}, "/v1/", "/v1/{x=**} x="},
      {"wildcard in a pattern", {"/v1/{x=a/*}"}, "/v1/a/..", "404"},
      {"before a verb", {"/v1/{x}:go"}, "/v1/..:go", "404"},
      {"nothing before a verb", {"/v1/{x}:go"}, "/v1/:go", "404"},
      {"literal dots", {"/v1/./b"}, "/v1/%2e/b", "/v1/./b"},
  });
}

TEST_CASE("K7: literals compare by what they decode to", "[matcher]") {
  CheckRows({
      {"escaped path", {"/v1/abc"}, "/v1/%61b%63", "/v1/abc"},
      {"escaped template", {"/v1/%61bc"}, "/v1/abc", "/v1/%61bc"},
      {"hex case", {"/v1/a%2Fb"}, "/v1/a%2fb", "/v1/a%2Fb"},
      {"escaped slash is no slash", {"/v1/a%2Fb"}, "/v1/a/b", "404"},
      {"slash is no escaped slash", {"/v1/a/b"}, "/v1/a%2Fb", "404"},
      {"escaped slash does not split", {"/v1/{x}"}, "/v1/a%2Fb", "/v1/{x} x=a%2Fb"},
      {"decoded once", {"/v1/a"}, "/v1/%2561", "404"},
      {"among many literals", {"/a", "/b", "/c", "/d"}, "/%62", "/b"},
      {"raw UTF-8 in the path", {"/v1/%C3%A9"}, "/v1/\xC3\xA9", "/v1/%C3%A9"},
      {"long literal",
       {"/" + std::string(5000, 'a'), "/b"},
       "/%61" + std::string(4999, 'a'),
       "/" + std::string(5000, 'a')},
  });
}

TEST_CASE("malformed paths are 400", "[matcher]") {
  const auto matcher = Build({{"GET", "/**"}, {"GET", "/v1/a"}});
  for (const std::string path : {"", "v1", "*", "http://x/", "/%", "/%4", "/%zz", "/a/%4g/b",
                                 "/%FF", "/a/%C3/%A9", "/\xFF", "/%ED%A0%80", "/\xC3", "/a%"}) {
    INFO(path);
    CHECK(Ask(*matcher, "GET", path) == "400");
    CHECK(matcher->AllowedMethods(path).empty());
  }
  CHECK(Ask(*matcher, "GET", "/\xC3%A9") == "/**");
  CHECK(Ask(*matcher, "GET", "/%00") == "/**");
}

TEST_CASE("verbs", "[matcher]") {
  CheckRows({
      {"verb", {"/v1/{x}:go"}, "/v1/a:go", "/v1/{x}:go x=a"},
      {"no verb", {"/v1/{x}:go"}, "/v1/a", "404"},
      {"other verb", {"/v1/{x}:go"}, "/v1/a:stop", "404"},
      {"case matters", {"/v1/{x}:go"}, "/v1/a:Go", "404"},
      {"last colon", {"/v1/{x}:go"}, "/v1/a:b:go", "/v1/{x}:go x=a:b"},
      {"verb beats value", {"/v1/{x}:go", "/v1/{x}"}, "/v1/a:go", "/v1/{x}:go x=a"},
      {"unregistered verb is value", {"/v1/{x}:go", "/v1/{x}"}, "/v1/a:no", "/v1/{x} x=a:no"},
      {"empty verb is value", {"/v1/{x}:go", "/v1/{x}"}, "/v1/a:", "/v1/{x} x=a:"},
      {"verb beats the more specific",
       {"/v1/{x=**}:go", "/v1/ops/{x}"},
       "/v1/ops/1:go",
       "/v1/{x=**}:go x=ops/1"},
      {"verb that does not fit is value", {"/v1/a:go", "/v1/{x}"}, "/v1/b:go", "/v1/{x} x=b:go"},
      {"dots before a verb are value", {"/v1/{x}:go", "/v1/{x}"}, "/v1/..:go", "/v1/{x} x=..:go"},
      {"literal and verb", {"/v1/a:go"}, "/v1/a:go", "/v1/a:go"},
      {"escaped colon is no verb", {"/v1/{x}:go", "/v1/{x}"}, "/v1/a%3Ago", "/v1/{x} x=a%3Ago"},
      {"escaped verb", {"/v1/{x}:go"}, "/v1/a:%67o", "/v1/{x}:go x=a"},
      {"verb behind **", {"/v1/{x=**}:go"}, "/v1/a/b:go", "/v1/{x=**}:go x=a/b"},
      {"verb behind an empty **", {"/v1/{x=**}:go"}, "/v1:go", "/v1/{x=**}:go x="},
      {"verb behind an empty ** in a pattern", {"/{x=o/**}:go"}, "/o:go", "/{x=o/**}:go x=o"},
      {"verb behind an empty ** at the root", {"/{x=**}:go"}, "/:go", "/{x=**}:go x="},
      {"verb behind an empty segment", {"/v1/{x=**}:go"}, "/v1/a/:go", "/v1/{x=**}:go x=a/"},
      {"colon in an earlier segment", {"/v1/{x}/b:go"}, "/v1/a:go/b:go", "/v1/{x}/b:go x=a:go"},
      {"colon in an earlier literal", {"/a:b/c"}, "/a:b/c", "/a:b/c"},
      {"verb of an earlier segment is none",
       {"/v1/{x}:go", "/v1/{x}/b"},
       "/v1/a:go/b",
       "/v1/{x}/b x=a:go"},
      {"slash behind the verb", {"/v1/{x}:go"}, "/v1/a:go/", "404"},
      {"colon in a literal of a variable", {"/v1/{x=a:b}"}, "/v1/a:b", "/v1/{x=a:b} x=a:b"},
      {"text and verb behind **",
       {"/v1/{x=d/**}/e:purge", "/v1/{x=d/**}:purge"},
       "/v1/d/1/e:purge",
       "/v1/{x=d/**}/e:purge x=d/1"},
      {"many verbs", {"/{x}:a", "/{x}:b", "/{x}:c", "/{x}:d", "/{x}:e"}, "/1:d", "/{x}:d x=1"},
  });
}

TEST_CASE("K5: the most specific template wins", "[matcher]") {
  CheckRows({
      {"literal over variable", {"/v1/{x}", "/v1/a"}, "/v1/a", "/v1/a"},
      {"variable where no literal fits", {"/v1/{x}", "/v1/a"}, "/v1/b", "/v1/{x} x=b"},
      {"* over **", {"/v1/{x=**}", "/v1/{x}"}, "/v1/a", "/v1/{x} x=a"},
      {"** where * ends", {"/v1/{x=**}", "/v1/{x}"}, "/v1/a/b", "/v1/{x=**} x=a/b"},
      {"end over **", {"/v1/**", "/v1"}, "/v1", "/v1"},
      {"root over **", {"/**", "/"}, "/", "/"},
      {"leftmost decides", {"/a/*/*", "/*/b/c"}, "/a/b/c", "/a/*/*"},
      {"back from a dead end", {"/a/b/c", "/a/{x}/d"}, "/a/b/d", "/a/{x}/d x=b"},
      {"back over two levels", {"/a/b/c", "/{x}/b/d"}, "/a/b/d", "/{x}/b/d x=a"},
      {"back to **", {"/a/b/c", "/a/*/x", "/{x=**}"}, "/a/b/d", "/{x=**} x=a/b/d"},
      {"** nearer to the end", {"/a/{x=**}", "/{x=**}"}, "/a/b", "/a/{x=**} x=b"},
      {"suffix over bare **", {"/a/{x=**}/z", "/a/{x=**}"}, "/a/b/z", "/a/{x=**}/z x=b"},
      {"longer suffix", {"/{x=**}/z", "/{x=**}/y/z"}, "/a/y/z", "/{x=**}/y/z x=a"},
      {"longer suffix of wildcards",
       {"/{x=**}/z", "/{x=**}/{y}/{w}"},
       "/a/y/z",
       "/{x=**}/{y}/{w} x=a y=y w=z"},
      {"literal suffix over wildcard", {"/{x=**}/{y}", "/{x=**}/z"}, "/a/z", "/{x=**}/z x=a"},
      {"suffix falls back", {"/{x=**}/y/z", "/{x=**}/z"}, "/a/b/z", "/{x=**}/z x=a/b"},
      {"* over a ** that takes none", {"/a/**/b", "/a/{x}/**"}, "/a/b", "/a/{x}/** x=b"},
  });
}

TEST_CASE("methods", "[matcher]") {
  const auto matcher = Build({{"GET", "/v1/{x}"},
                              {"POST", "/v1/a"},
                              {"put", "/v1/a"},
                              {"*", "/any/{x}"},
                              {"GET", "/any/{x}"},
                              {"*", "/any/a"},
                              {"POST", "/v1/{x}:go"},
                              {"Purge", "/cache"}});
  struct MethodRow {
    const char* name;
    std::string method;
    std::string path;
    std::string answer;
  };
  const MethodRow rows[] = {
      {"a literal of another method does not shadow", "GET", "/v1/a", "/v1/{x} x=a"},
      {"the literal itself", "POST", "/v1/a", "/v1/a"},
      {"upper-cased when added", "PUT", "/v1/a", "/v1/a"},
      {"compared without case", "get", "/v1/z", "/v1/{x} x=z"},
      {"K35: custom method", "PURGE", "/cache", "/cache"},
      {"K35: custom method in lower case", "purge", "/cache", "/cache"},
      {"405", "DELETE", "/v1/a", "405 GET POST PUT"},
      {"405 with fewer", "DELETE", "/v1/b", "405 GET"},
      {"405 for a known method", "POST", "/v1/b", "405 GET"},
      {"prefix of a method is another one", "PU", "/v1/a", "405 GET POST PUT"},
      {"empty method", "", "/v1/a", "405 GET POST PUT"},
      {"404 before 405", "DELETE", "/v2/a", "404"},
      {"K35: any method", "BREW", "/any/b", "/any/{x} x=b"},
      {"own method over a more specific any", "GET", "/any/a", "/any/{x} x=a"},
      {"any where the own has none", "POST", "/any/a", "/any/a"},
      {"star as method", "*", "/any/b", "/any/{x} x=b"},
      {"verb of another method is value", "GET", "/v1/z:go", "/v1/{x} x=z:go"},
      {"verb", "POST", "/v1/z:go", "/v1/{x}:go x=z"},
      {"verb of another method only", "PURGE", "/v1/z:go", "405 GET POST"},
  };
  for (const MethodRow& row : rows) {
    INFO(row.name << ": " << row.method << ' ' << row.path);
    CHECK(Ask(*matcher, row.method, row.path) == row.answer);
  }
  CHECK(matcher->AllowedMethods("/any/b") == std::vector<std::string>{"GET"});
  CHECK(matcher->AllowedMethods("/none").empty());
  CHECK(matcher->size() == 8);
  CHECK(matcher->method(2) == "PUT");
  CHECK(matcher->path_template(7).text() == "/cache");
}

TEST_CASE("methods that are no tokens do no harm", "[matcher]") {
  // Bytes above 0x7F once were ordered in two ways, and the lookup missed its neighbours.
  const auto matcher = Build({{"GET", "/a"},
                              {"\xAF"
                               "ET",
                               "/b"},
                              {"", "/c"}});
  CHECK(Ask(*matcher, "GET", "/a") == "/a");
  CHECK(Ask(*matcher,
            "\xAF"
            "et",
            "/b") == "/b");
  CHECK(Ask(*matcher, "", "/c") == "/c");
  CHECK(Ask(*matcher, "\xFF", "/a") == "405 GET");
}

TEST_CASE("any method tells apart several templates", "[matcher]") {
  Matcher::Builder builder;
  CHECK(builder.Add("*", *PathTemplate::Parse("/files/{path=**}")) == 0);
  CHECK(builder.Add("GET", *PathTemplate::Parse("/files/{id}")) == 1);
  const auto matcher = std::move(builder).Build();
  CHECK(Ask(*matcher, "GET", "/files/a") == "/files/{id} id=a");
  CHECK(Ask(*matcher, "GET", "/files/a/b") == "/files/{path=**} path=a/b");
  CHECK(Ask(*matcher, "PUT", "/files/a") == "/files/{path=**} path=a");
}

TEST_CASE("of equal templates the first wins", "[matcher]") {
  CHECK(Ask(*Build({{"GET", "/{a}"}, {"GET", "/{b}"}}), "GET", "/x") == "/{a} a=x");
  CHECK(Ask(*Build({{"GET", "/{b}"}, {"GET", "/{a}"}}), "GET", "/x") == "/{b} b=x");
}

TEST_CASE("K8: a trailing slash can be made not to count", "[matcher]") {
  CheckRows(
      {
          {"with", {"/v1/a"}, "/v1/a/", "/v1/a"},
          {"without", {"/v1/a"}, "/v1/a", "/v1/a"},
          {"only one", {"/v1/a"}, "/v1/a//", "404"},
          {"root", {"/"}, "/", "/"},
          {"root of nothing", {"/"}, "//", "/"},
          {"variable", {"/v1/{x}"}, "/v1/a/", "/v1/{x} x=a"},
          {"no empty variable", {"/v1/{x}"}, "/v1/", "404"},
          {"**", {"/v1/{x=**}"}, "/v1/a/", "/v1/{x=**} x=a"},
          {"verb", {"/v1/{x}:go"}, "/v1/a:go/", "/v1/{x}:go x=a"},
      },
      {.ignore_trailing_slash = true});
}

TEST_CASE("an empty table finds nothing", "[matcher]") {
  const auto matcher = Build({});
  CHECK(matcher->size() == 0);
  CHECK(Ask(*matcher, "GET", "/") == "404");
  CHECK(Ask(*matcher, "GET", "/a:b") == "404");
  CHECK(Ask(*matcher, "GET", "x") == "400");
}

TEST_CASE("a method with verbs only still answers for plain paths", "[matcher]") {
  const auto matcher = Build({{"GET", "/a:go"}});
  CHECK(Ask(*matcher, "GET", "/a") == "404");
  CHECK(Ask(*matcher, "GET", "/a:go") == "/a:go");
}

TEST_CASE("long templates and paths", "[matcher]") {
  // Around and far beyond what fits into the space set aside for most tables.
  for (const int count : {60, 64, 65, 66, 67, 200, 3000}) {
    std::string front, back;
    for (int i = 0; i < count; ++i) {
      front += "/f" + std::to_string(i);
      back += "/b" + std::to_string(i);
    }
    const auto matcher = Build({{"GET", front + "/{x}"},
                                {"GET", front + "/{x=**}" + back + "/{y}"},
                                {"GET", "/{x=**}" + back},
                                {"GET", front + "/{x=**}:go"}});
    INFO(count);
    Match match;
    std::string path = front + "/v";
    matcher->Find("GET", path, &match);
    REQUIRE(match.outcome == Match::Outcome::kFound);
    CHECK(match.route == 0);
    CHECK(match.capture(0) == "v");
    for (const int between : {0, 1, 5, 500}) {
      std::string middle;
      for (int i = 0; i < between; ++i) middle += (i == 0 ? "m" : "/m") + std::to_string(i);
      path = front + (between != 0 ? "/" + middle : "") + back + "/v%20";
      matcher->Find("GET", path, &match);
      REQUIRE(match.outcome == Match::Outcome::kFound);
      CHECK(match.route == 1);
      CHECK(match.capture(0) == middle);
      CHECK(match.capture(1) == "v%20");
      path = "/" + middle + (between != 0 ? back : back.substr(1));
      matcher->Find("GET", path, &match);
      REQUIRE(match.outcome == Match::Outcome::kFound);
      CHECK(match.route == 2);
      CHECK(match.capture(0) == middle);
      path = front + (between != 0 ? "/" + middle : "") + ":go";
      matcher->Find("GET", path, &match);
      REQUIRE(match.outcome == Match::Outcome::kFound);
      CHECK(match.route == 3);
      CHECK(match.capture(0) == middle);
    }
    path = front;
    matcher->Find("GET", path, &match);
    CHECK(match.outcome == Match::Outcome::kNotFound);
  }
}

TEST_CASE("the number of variables is limited", "[matcher]") {
  std::string text, path;
  for (std::size_t i = 0; i < kMaxVariables; ++i) {
    text += "/{v" + std::to_string(i) + "}";
    path += "/" + std::to_string(i);
  }
  const auto matcher = Build({{"GET", text}});
  Match match;
  matcher->Find("GET", path, &match);
  REQUIRE(match.outcome == Match::Outcome::kFound);
  REQUIRE(match.capture_count == kMaxVariables);
  CHECK(match.capture(kMaxVariables - 1) == std::to_string(kMaxVariables - 1));
  Matcher::Builder builder;
  CHECK_THROWS_AS(builder.Add("GET", *PathTemplate::Parse(text + "/{more}")), std::length_error);
}

TEST_CASE("a large table is built with its conflicts and answers rightly", "[matcher]") {
  Matcher::Builder builder;
  constexpr int kRoutes = 13000;
  for (int i = 0; i < kRoutes; ++i) {
    const std::string n = std::to_string(i);
    builder.Add(i % 2 == 0 ? "GET" : "POST",
                *PathTemplate::Parse("/v" + std::to_string(i % 7) + "/{name=projects/*/r" + n +
                                     "/*}" + (i % 5 == 0 ? ":do" + n : "")));
  }
  std::vector<Conflict> conflicts;
  const auto matcher = std::move(builder).Build(&conflicts);
  CHECK(conflicts.empty());
  for (int i = 0; i < kRoutes; i += 13) {
    const std::string n = std::to_string(i);
    const std::string path =
        "/v" + std::to_string(i % 7) + "/projects/p/r" + n + "/q" + (i % 5 == 0 ? ":do" + n : "");
    Match match;
    matcher->Find(i % 2 == 0 ? "GET" : "POST", path, &match);
    INFO(path);
    REQUIRE(match.outcome == Match::Outcome::kFound);
    CHECK(match.route == static_cast<RouteId>(i));
  }
}

TEST_CASE("matcher: what separates or is decoded is found wherever it stands") {
  const auto matcher = Build({{"GET", "/{x}/{y}"}, {"GET", "/{x}"}});
  Match match;
  for (std::size_t before = 1; before <= 20; ++before) {
    for (std::size_t behind = 1; behind <= 20; ++behind) {
      const std::string x(before, 'x');
      const std::string y(behind, 'y');
      INFO(before << " and " << behind);
      std::string path = '/' + x + '/' + y;  // Captures point into it.
      matcher->Find("GET", path, &match);
      REQUIRE(match.outcome == Match::Outcome::kFound);
      CHECK(match.route == 0);
      CHECK(match.capture(0) == x);
      CHECK(match.capture(1) == y);
      // '.', '0' and '$', '&' are the neighbours of '/' and '%'.
      for (const char* plain : {".", "0", "$", "&", "%41", "\xc3\xa9"}) {
        const std::string whole = x + plain + y;
        path = '/' + whole;
        matcher->Find("GET", path, &match);
        REQUIRE(match.outcome == Match::Outcome::kFound);
        CHECK(match.route == 1);
        CHECK(match.capture(0) == whole);
      }
      for (const char* bad : {"%4", "%4g", "\xc3", "\xa9"}) {
        matcher->Find("GET", '/' + x + bad + std::string(behind, 'z'), &match);
        CHECK(match.outcome == Match::Outcome::kBadPath);
      }
    }
  }
}

}  // namespace
}  // namespace kratos::route
