#include "kratos/http/cors.h"

#include <string>

#include "http/cors_origin.h"
#include "support/catch.h"

namespace kratos::http {
namespace {

TEST_CASE("cors: origins") {
  const auto made = OriginList::Create({"https://App.example.com", "http://localhost:3000", "null",
                                        "https://*.example.org", "https://*.example.net:8443",
                                        "http://[::1]:8080", "chrome-extension://abcdef"});
  REQUIRE(made.ok());
  CHECK_FALSE(made->any());
  for (const char* origin :
       {"https://app.example.com", "HTTPS://APP.example.com", "http://localhost:3000", "null",
        "https://a.example.org", "https://a.b.example.org", "https://a-b.example.org",
        "https://a.example.net:8443", "http://[::1]:8080", "chrome-extension://abcdef"}) {
    CAPTURE(origin);
    CHECK(made->Contains(origin));
  }
  for (const char* origin :
       {"", "https://example.com", "http://app.example.com", "https://app.example.com:444",
        "https://app.example.com.evil.example", "https://evilapp.example.com",
        "https://example.org", "https://.example.org", "https://evilexample.org",
        "https://a.example.org:444", "https://a.example.org.evil.example", "http://a.example.org",
        "https://evil.example:1.example.org", "https://evil.example/.example.org",
        "https://user@a.example.org", "https://a.example.net", "http://localhost:30000",
        "null.example.org"}) {
    CAPTURE(origin);
    CHECK_FALSE(made->Contains(origin));
  }
  CHECK(OriginList::Create({"*"})->any());
}

TEST_CASE("cors: options that cannot work are refused with their reason") {
  const auto message = [](CorsOptions options) {
    const auto made = Cors(std::move(options));
    return made.ok() ? std::string() : std::string(made.status().message());
  };
  CHECK(message({}) == "");
  CHECK(message({.origins = {"*"}}) == "");
  for (const char* origin :
       {"example.com", "https://a.example/", "https://a.example/path", "https://", "://a",
        "https://*", "https://*.", "https://a.*.example", "https://*.a.*.example", "*.example.com",
        "https://a.example:x", "https://a example", "https://a.example:", ""}) {
    CAPTURE(origin);
    CHECK(message({.origins = {origin}}).find("is no origin") != std::string::npos);
  }
  CHECK(message({.origins = {"*"}, .credentials = true}).find("any page") != std::string::npos);
  CHECK(message({.origins = {"https://a.example"}, .credentials = true}) == "");
  CHECK(message({.methods = {"GET", "P UT"}}).find("\"P UT\"") != std::string::npos);
  CHECK(message({.headers = {"X-A\r\nB"}}).find("no method or field name") != std::string::npos);
  CHECK(message({.exposed_headers = {""}}).find("\"\"") != std::string::npos);
  CHECK(message({.max_age = std::chrono::seconds(-1)}).find("max_age") != std::string::npos);
}

}  // namespace
}  // namespace kratos::http
