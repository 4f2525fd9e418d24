#include "kratos/errors/status.h"

#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "kratos/errors/errors.h"
#include "support/catch.h"

namespace kratos {
namespace {

TEST_CASE("Status: OK is the default, costs a null pointer and reads as 200") {
  static_assert(sizeof(Status) == sizeof(void*));
  static_assert(std::is_nothrow_move_constructible_v<Status> &&
                std::is_nothrow_copy_constructible_v<Status>);
  const Status status;
  CHECK(status.ok());
  CHECK(status.code() == 200);
  CHECK(status.reason().empty());
  CHECK(status.message().empty());
}

TEST_CASE("Status: an Error turns into a failure that keeps its parts") {
  const Status status = NotFound("BOOK_MISSING", "no such book").WithMetadata("id", "7");
  REQUIRE_FALSE(status.ok());
  CHECK(status.code() == 404);
  CHECK(status.reason() == "BOOK_MISSING");
  CHECK(status.message() == "no such book");
  CHECK(status.error().metadata() == std::map<std::string, std::string>{{"id", "7"}});
  CHECK(status.error().peer_reply() == nullptr);
}

TEST_CASE("Status: copies share one error, moves leave OK behind") {
  Status first = Conflict("A", "a");
  const Status copy = first;
  CHECK(&copy.error() == &first.error());
  const Status moved = std::move(first);
  CHECK(first.ok());  // NOLINT(bugprone-use-after-move): the header promises nothing else, but OK
                      // is what exchange leaves
  CHECK(moved.code() == 409);
  CHECK(copy.code() == 409);
}

TEST_CASE("Status: assignment, also to itself and from what it holds") {
  Status status = BadRequest("A", "outer").WithCause(NotFound("B", "inner"));
  Status& alias = status;
  status = alias;
  CHECK(status.reason() == "A");
  status = std::move(alias);
  CHECK(status.reason() == "A");
  // The cause lives inside the error that the assignment releases.
  status = status.error().cause();
  CHECK(status.reason() == "B");
  status = Status();
  CHECK(status.ok());
}

TEST_CASE("Status: Update keeps the first failure") {
  Status status;
  status.Update({});
  CHECK(status.ok());
  status.Update(BadRequest("FIRST", ""));
  status.Update(NotFound("SECOND", ""));
  status.Update({});
  CHECK(status.reason() == "FIRST");
}

TEST_CASE("Status: shared by threads that copy and drop it") {
  const Status shared = InternalServer("X", std::string(100, 'x'));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&shared] {
      for (int i = 0; i < 1000; ++i) {
        Status copy = shared;
        Status other = copy;
        copy = std::move(other);
        if (copy.code() != 500) std::abort();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(shared.message().size() == 100);
}

TEST_CASE("Error: identity is code and reason, nothing else") {
  const Error a = NotFound("X", "one").WithMetadata("k", "v");
  CHECK(a.Is(NotFound("X", "two")));
  CHECK_FALSE(a.Is(NotFound("Y", "one")));
  CHECK_FALSE(a.Is(Conflict("X", "one")));
}

TEST_CASE("Is: searches the causes, however deep") {
  Status status = InternalServer("DEEPEST", "");
  for (int i = 0; i < 5; ++i)
    status = BadRequest("LAYER" + std::to_string(i), "").WithCause(status);
  CHECK(Is(status, BadRequest("LAYER4", "")));
  CHECK(Is(status, InternalServer("DEEPEST", "")));
  CHECK_FALSE(Is(status, InternalServer("ELSE", "")));
  CHECK_FALSE(Is(Status(), InternalServer("DEEPEST", "")));
}

TEST_CASE("Error: the text form is Kratos's") {
  CHECK(NotFound("X", "gone").ToString() ==
        "error: code = 404 reason = X message = gone metadata = map[] cause = <nil>");
  const Error full = BadRequest("A", "outer")
                         .WithMetadata({{"b", "2"}, {"a", "1"}})
                         .WithCause(NotFound("B", "inner"));
  CHECK(full.ToString() ==
        "error: code = 400 reason = A message = outer metadata = map[a:1 b:2] cause = "
        "error: code = 404 reason = B message = inner metadata = map[] cause = <nil>");
}

TEST_CASE("Error: With... change one thing each") {
  Error error =
      BadRequest("A", "a").WithMetadata("k", "1").WithMetadata("k", "2").WithMetadata("l", "3");
  CHECK(error.metadata() == std::map<std::string, std::string>{{"k", "2"}, {"l", "3"}});
  error = std::move(error).WithMetadata({{"m", "4"}});
  CHECK(error.metadata() == std::map<std::string, std::string>{{"m", "4"}});
  error = std::move(error).WithPeerReply({418, {{"X-A", "b"}}, "teapot"});
  REQUIRE(error.peer_reply() != nullptr);
  CHECK(error.peer_reply()->status == 418);
  CHECK(error.peer_reply()->headers.Get("x-a") == "b");
  CHECK(error.peer_reply()->body == "teapot");
  CHECK(error.reason() == "A");
}

TEST_CASE("Result: a value or a reason") {
  Result<std::string> good(std::string("value"));
  REQUIRE(good.ok());
  CHECK(good.status().ok());
  CHECK(*good == "value");
  CHECK(good->size() == 5);
  CHECK(std::move(good).value() == "value");
  const Result<std::string> bad(NotFound("X", ""));
  CHECK_FALSE(bad.ok());
  CHECK(bad.status().reason() == "X");
}

}  // namespace
}  // namespace kratos
