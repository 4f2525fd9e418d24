// Redirects: which are followed, where to, and what does not go along.
#include "client_fixture.h"

namespace kratos::http {
namespace {

std::string RedirectTo(int status, const std::string& location) {
  return Reply(std::to_string(status) + " Moved", "", "gone", "Location: " + location + "\r\n");
}

struct RedirectRow {
  const char* name;
  const char* method;
  int status;
  const char* location;
  const char* target;  // of the second request; null when there is none
};

const RedirectRow kRows[] = {
    {"301 GET", "GET", 301, "/new", "/new"},
    {"302 HEAD", "HEAD", 302, "/new", "/new"},
    {"303 GET", "GET", 303, "/new", "/new"},
    {"307 POST", "POST", 307, "/new", "/new"},
    {"308 PUT", "PUT", 308, "/new?a=b", "/new?a=b"},
    {"307 custom method", "LOCK", 307, "/new", "/new"},
    {"301 POST is not followed", "POST", 301, "/new", nullptr},
    {"302 POST is not followed", "POST", 302, "/new", nullptr},
    {"303 POST is not followed", "POST", 303, "/new", nullptr},
    {"300 is not followed", "GET", 300, "/new", nullptr},
    {"304 is not followed", "GET", 304, "/new", nullptr},
    {"relative", "GET", 307, "x/./y", "/v1/x/y"},
    {"relative, up", "GET", 307, "../up", "/up"},
    {"query only", "GET", 307, "?q=1", "/v1/old?q=1"},
    {"fragment dropped", "GET", 307, "/new#part", "/new"},
    {"a space is encoded", "GET", 307, "/a b", "/a%20b"},
    {"an encoded line break stays encoded", "GET", 307, "/a%0d%0aX-Admin:%201",
     "/a%0D%0AX-Admin:%201"},
};

TEST_CASE("redirects", "[client]") {
  for (const auto& row : kRows) {
    INFO(row.name);
    ScriptedServer server({{{RedirectTo(row.status, row.location)}, {JsonReply()}}, OkTimes(1)});
    auto client = MakeClient(OptionsFor(server));
    const auto outcome = Invoke(*client, Method(row.method, "/v1/old", "*"), CallOf("name: 'n'"));
    const auto requests = server.requests();
    if (row.target == nullptr) {
      CHECK(outcome.status.code() == row.status);
      CHECK(outcome.info.headers.Get("Location") == row.location);
      CHECK(requests.size() == 1);
      continue;
    }
    INFO(outcome.status.message());
    CHECK(outcome.status.ok());
    REQUIRE(requests.size() == 2);
    const auto sent = TakeApart(requests[1].bytes);
    CHECK(sent.method == row.method);
    CHECK(sent.target == row.target);
    CHECK(sent.body == R"({"name":"n"})");
    CHECK_FALSE(sent.headers.Has("X-Admin"));
  }
}

TEST_CASE("the number of redirects is limited", "[client]") {
  ScriptedServer server({Script(20, Step{RedirectTo(307, "/again")})});
  auto options = OptionsFor(server);
  options.max_redirects = 3;
  auto outcome = Invoke(*MakeClient(options), Method("GET", "/"), Call());
  CHECK(outcome.status.reason() == "TOO_MANY_REDIRECTS");
  CHECK(outcome.info.status == 307);
  CHECK(server.requests().size() == 4);
  options.max_redirects = 0;
  outcome = Invoke(*MakeClient(options), Method("GET", "/"), Call());
  CHECK(outcome.status.code() == 307);
  CHECK(server.requests().size() == 5);
}

TEST_CASE("credentials stay with the first server", "[client]") {
  ScriptedServer other({OkTimes(1)});
  ScriptedServer server(
      {{{RedirectTo(307, "/same")}, {RedirectTo(307, "http://" + other.address() + "/there")}}});
  auto client = MakeClient(OptionsFor(server));
  CallOptions options;
  options.headers = {{"Authorization", "Bearer x"},
                     {"cookie", "a=b"},
                     {"Proxy-Authorization", "y"},
                     {"X-Other", "z"}};
  REQUIRE(Invoke(*client, Method("POST", "/", "*"), CallOf("name: 'n'"), options).status.ok());
  const auto same = TakeApart(server.requests().at(1).bytes);
  CHECK(same.headers.Get("Authorization") == "Bearer x");
  CHECK(same.headers.Get("Cookie") == "a=b");
  const auto there = TakeApart(other.requests().at(0).bytes);
  CHECK(there.target == "/there");
  CHECK(there.body == R"({"name":"n"})");
  CHECK(there.headers.Get("Host") == other.address());
  CHECK(there.headers.Get("X-Other") == "z");
  for (const auto* const name : {"Authorization", "Cookie", "Proxy-Authorization"})
    CHECK_FALSE(there.headers.Has(name));
}

TEST_CASE("redirects to what is no web address fail", "[client]") {
  for (const auto* const location : {"ftp://h/x", "javascript:alert(1)", "http://user:pw@h/",
                                     "http://", "http://h:99999/", "#x"}) {
    INFO(location);
    ScriptedServer server({{{RedirectTo(307, location)}}});
    const auto status = Invoke(*MakeClient(OptionsFor(server)), Method("GET", "/"), Call()).status;
    CHECK(status.reason() == "BAD_REDIRECT");
    CHECK(server.requests().size() == 1);
  }
}

}  // namespace
}  // namespace kratos::http
