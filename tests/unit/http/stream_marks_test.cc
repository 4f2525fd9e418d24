#include "http/stream_marks.h"

#include "kratos/errors/errors.h"
#include "support/catch.h"

namespace kratos::http {
namespace {

TEST_CASE("stream marks: K23, an error's text is read back") {
  const Error rows[] = {
      Error(403, "R", "M"),
      Error(409, "", ""),
      Error(409, "STALE", "a message = with metadata = map[x:y] in it"),
      Error(400, "R", "M").WithMetadata({{"k", "v"}, {"k2", "with spaces"}, {"url", "http://x"}}),
      Error(500, "R", "line\nbreak \xc3\xa9"),
  };
  for (const Error& error : rows) {
    CAPTURE(ErrorText(error));
    const Error read = ParseErrorText(ErrorText(error));
    CHECK(read.code() == error.code());
    CHECK(read.reason() == error.reason());
    CHECK(read.message() == error.message());
    CHECK(read.metadata() == error.metadata());
  }
}

TEST_CASE("stream marks: the cause stays here") {
  const Error error = Error(500, "R", "M").WithCause(InternalServer("SECRET", "password is 1234"));
  CHECK(ErrorText(error).find("1234") == std::string::npos);
}

TEST_CASE("stream marks: what is no such text is the message of a 500") {
  for (const char* text :
       {"", "boom", "error: code = x reason = R", "error: code = 403 reason = R",
        "error: code = 403 reason = R message = M metadata = map[ cause = <nil>"}) {
    CAPTURE(text);
    const Error error = ParseErrorText(text);
    CHECK(error.code() == 500);
    CHECK(error.reason().empty());
    CHECK(error.message() == text);
  }
}

TEST_CASE("stream marks: cut between characters") {
  CHECK(CutUtf8("abc", 3) == "abc");
  CHECK(CutUtf8("abcd", 3) == "abc");
  CHECK(CutUtf8("a\xc3\xa9", 2) == "a");
  CHECK(CutUtf8("\xf0\x9f\x98\x80", 3).empty());
  CHECK(CutUtf8(std::string(200, 'x')).size() == 123);
}

}  // namespace
}  // namespace kratos::http
