// The golden errors, called.
#include <string>

#include "errors/imports/base.errors.pb.h"
#include "errors/imports/in.errors.pb.h"
#include "errors/nested/in.errors.pb.h"
#include "errors/no_errors/in.errors.pb.h"
#include "errors/no_package/in.errors.pb.h"
#include "errors/reasons/in.errors.pb.h"
#include "kratos/errors/errors.h"
#include "support/catch.h"

namespace {

using golden::reasons::ErrorSystemError;
using golden::reasons::ErrorUserNotFound;
using golden::reasons::IsSystemError;
using golden::reasons::IsUserNotFound;
using kratos::Error;
using kratos::Status;

TEST_CASE("errors: made with code, reason and a formatted message") {
  const std::string name = "ada";
  const Error error = ErrorUserNotFound("no user {} in {:03}", name, 7);
  CHECK(error.code() == 404);
  CHECK(error.reason() == "USER_NOT_FOUND");
  CHECK(error.message() == "no user ada in 007");
  CHECK(ErrorSystemError("100 %, {{}}").message() == "100 %, {}");
  CHECK(golden::reasons::ErrorContentMissing("{}", "x").reason() == "contentMissing");
  CHECK(golden::reasons::nested::ErrorOutOfStock("gone").code() == 409);
  CHECK(golden::reasons::imports::IsVeryBusy(golden::reasons::imports::ErrorVeryBusy("x")));
  CHECK(IsGone(ErrorGone("in no package")));
  // What only shows at run time costs the message its values, and the caller nothing.
  CHECK(ErrorSystemError("{:{}}", 1, -1).message() == "{:{}}");
}

TEST_CASE("errors: told by code and reason alone") {
  CHECK(IsUserNotFound(ErrorUserNotFound("x")));
  CHECK(IsUserNotFound(Status(ErrorUserNotFound("x").WithMetadata("a", "b"))));
  CHECK(IsUserNotFound(Error(404, "USER_NOT_FOUND", "from a peer")));
  CHECK_FALSE(IsUserNotFound(Status()));
  CHECK_FALSE(IsUserNotFound(kratos::NotFound("OTHER", "x")));
  CHECK_FALSE(IsUserNotFound(Error(410, "USER_NOT_FOUND", "x")));
  CHECK_FALSE(IsSystemError(ErrorUserNotFound("x")));
  const Error caused = ErrorSystemError("x").WithCause(ErrorUserNotFound("y"));
  CHECK(IsSystemError(caused));
  CHECK_FALSE(IsUserNotFound(caused));
}

}  // namespace
