#include <string>

#include "kratos/http/conditional.h"
#include "support/catch.h"

namespace kratos::http {
namespace {

TEST_CASE("preconditions: RFC 9110, 13.2.2") {
  using enum Precondition;
  const char* kBefore = "Sun, 06 Nov 1994 08:49:36 GMT";
  const char* kThen = "Sun, 06 Nov 1994 08:49:37 GMT";
  const auto then = std::chrono::system_clock::from_time_t(784111777);
  const Validators both = {.etag = EntityTag{"a", false}, .last_modified = then, .exists = true};
  const Validators weak = {.etag = EntityTag{"a", true}, .last_modified = {}, .exists = true};
  const Validators nothing = {.etag = {}, .last_modified = {}, .exists = true};
  const Validators missing = {.etag = {}, .last_modified = {}, .exists = false};
  // Within the second: the field cannot say more.
  const Validators later = {
      .etag = {}, .last_modified = then + std::chrono::milliseconds(900), .exists = true};
  const struct {
    const char* name;
    const char* method;
    Metadata headers;
    const Validators& current;
    Precondition expected;
  } rows[] = {
      {"no condition", "GET", {}, both, kProceed},
      {"same tag", "GET", {{"If-None-Match", "\"a\""}}, both, kNotModified},
      {"same tag, HEAD", "HEAD", {{"If-None-Match", "\"b\", \"a\""}}, both, kNotModified},
      {"weak tag", "GET", {{"If-None-Match", "W/\"a\""}}, both, kNotModified},
      {"other tag", "GET", {{"If-None-Match", "\"b\""}}, both, kProceed},
      {"anything", "GET", {{"If-None-Match", "*"}}, nothing, kNotModified},
      {"no tag known", "GET", {{"If-None-Match", "\"a\""}}, nothing, kProceed},
      {"malformed", "GET", {{"If-None-Match", "a"}}, both, kProceed},
      {"same tag, PUT", "PUT", {{"If-None-Match", "\"a\""}}, both, kFailed},
      {"create only", "PUT", {{"If-None-Match", "*"}}, missing, kProceed},
      {"create only, but there", "PUT", {{"If-None-Match", "*"}}, nothing, kFailed},
      {"same state", "PUT", {{"If-Match", "\"a\""}}, both, kProceed},
      {"other state", "PUT", {{"If-Match", "\"b\""}}, both, kFailed},
      {"one of several", "PUT", {{"If-Match", "\"b\""}, {"If-Match", "\"a\""}}, both, kProceed},
      {"weak is not enough", "PUT", {{"If-Match", "W/\"a\""}}, both, kFailed},
      {"weak is not enough here", "PUT", {{"If-Match", "\"a\""}}, weak, kFailed},
      {"update only", "PUT", {{"If-Match", "*"}}, nothing, kProceed},
      {"update only, but missing", "PUT", {{"If-Match", "*"}}, missing, kFailed},
      {"malformed", "PUT", {{"If-Match", "a"}}, both, kFailed},
      {"other state, GET", "GET", {{"If-Match", "\"b\""}}, both, kFailed},
      {"not since", "GET", {{"If-Modified-Since", kThen}}, both, kNotModified},
      {"not since, within the second", "GET", {{"If-Modified-Since", kThen}}, later, kNotModified},
      {"since", "GET", {{"If-Modified-Since", kBefore}}, both, kProceed},
      {"since, PUT", "PUT", {{"If-Modified-Since", kThen}}, both, kProceed},
      {"no date known", "GET", {{"If-Modified-Since", kThen}}, weak, kProceed},
      {"no date", "GET", {{"If-Modified-Since", "yesterday"}}, both, kProceed},
      {"two dates",
       "GET",
       {{"If-Modified-Since", kThen}, {"If-Modified-Since", kThen}},
       both,
       kProceed},
      {"the tag decides",
       "GET",
       {{"If-None-Match", "\"b\""}, {"If-Modified-Since", kThen}},
       both,
       kProceed},
      {"unmodified", "PUT", {{"If-Unmodified-Since", kThen}}, both, kProceed},
      {"modified", "PUT", {{"If-Unmodified-Since", kBefore}}, both, kFailed},
      {"the tag decides",
       "PUT",
       {{"If-Match", "\"a\""}, {"If-Unmodified-Since", kBefore}},
       both,
       kProceed},
      {"If-Match comes first",
       "GET",
       {{"If-None-Match", "\"a\""}, {"If-Match", "\"b\""}},
       both,
       kFailed},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    Request request;
    request.method = row.method;
    request.headers = row.headers;
    CHECK(EvaluatePreconditions(request, row.current) == row.expected);
  }
}

}  // namespace
}  // namespace kratos::http
