#include "kratos_grpc/status_details.h"

#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "kratos/errors/errors.h"
#include "support/catch.h"

namespace kratos::grpc {
namespace {

TEST_CASE("grpc status: every code comes back (K37)") {
  for (const int code :
       {-1,  0,   100, 200, 204, 301, 400, 401, 402, 403, 404, 405, 409,   412,       418,
        422, 429, 451, 499, 500, 501, 502, 503, 504, 505, 599, 600, 10001, 2147483647}) {
    INFO(code);
    const ::grpc::Status there =
        ToGrpc(Error(code, "R", "m").WithMetadata("k", "v").WithMetadata("", ""));
    CHECK_FALSE(there.ok());
    const Status back = FromGrpc(there);
    REQUIRE_FALSE(back.ok());
    CHECK(back.code() == code);
    CHECK(back.reason() == "R");
    CHECK(back.message() == "m");
    CHECK(back.error().metadata() == std::map<std::string, std::string>{{"", ""}, {"k", "v"}});
  }
  CHECK(ToGrpc(Status()).ok());
  CHECK(FromGrpc(::grpc::Status::OK).ok());
}

TEST_CASE("grpc status: codes that the table brings back travel without help") {
  for (const int code : {400, 401, 403, 404, 409, 412, 429, 499, 500, 501, 503, 504}) {
    CHECK(ToGrpc(Error(code, "R", "m")).error_details().find(kCodeKey) == std::string::npos);
  }
}

TEST_CASE("grpc status: a code that is no number is ordinary metadata") {
  google::rpc::ErrorInfo info;
  (*info.mutable_metadata())[kCodeKey] = "12x";
  google::rpc::Status details;
  details.add_details()->PackFrom(info);
  const Status status =
      FromGrpc(::grpc::Status(::grpc::StatusCode::NOT_FOUND, "m", details.SerializeAsString()));
  CHECK(status.code() == 404);
  CHECK(status.error().metadata().at(kCodeKey) == "12x");
}

TEST_CASE("grpc status: other details are passed over, broken ones ignored") {
  google::rpc::ErrorInfo info;
  info.set_reason("SECOND");
  google::rpc::Status details;
  details.add_details()->PackFrom(google::rpc::RetryInfo());
  details.add_details()->PackFrom(info);
  CHECK(FromGrpc(::grpc::Status(::grpc::StatusCode::ABORTED, "m", details.SerializeAsString()))
            .reason() == "SECOND");
  auto* broken = details.mutable_details(1)->mutable_value();
  *broken = "\xff";
  CHECK(FromGrpc(::grpc::Status(::grpc::StatusCode::ABORTED, "m", details.SerializeAsString()))
            .reason() == "");
}

TEST_CASE("grpc status: what is too long is cut between characters") {
  std::string message(kMostMessageBytes - 1, 'x');
  message += "\xe2\x82\xac and more";
  const ::grpc::Status status =
      ToGrpc(Error(418, "R", message).WithMetadata("k", std::string(kMostDetailBytes, 'v')));
  CHECK(status.error_message() == std::string(kMostMessageBytes - 1, 'x'));
  const Status back = FromGrpc(status);
  CHECK(back.code() == 418);
  CHECK(back.error().metadata().empty());
}

}  // namespace
}  // namespace kratos::grpc
