#include "kratos/errors/errors.h"

#include <string>

#include "support/catch.h"

namespace kratos {
namespace {

TEST_CASE("Errors: every constructor has its code, and its test knows it alone") {
  using Make = Error (*)(std::string, std::string);
  using Test = bool (*)(const Status&);
  const struct {
    const char* name;
    int code;
    Make make;
    Test test;
  } rows[] = {
      {"BadRequest", 400, BadRequest, IsBadRequest},
      {"Unauthorized", 401, Unauthorized, IsUnauthorized},
      {"Forbidden", 403, Forbidden, IsForbidden},
      {"NotFound", 404, NotFound, IsNotFound},
      {"Conflict", 409, Conflict, IsConflict},
      {"TooManyRequests", 429, TooManyRequests, IsTooManyRequests},
      {"ClientClosed", 499, ClientClosed, IsClientClosed},
      {"InternalServer", 500, InternalServer, IsInternalServer},
      {"NotImplemented", 501, NotImplemented, IsNotImplemented},
      {"ServiceUnavailable", 503, ServiceUnavailable, IsServiceUnavailable},
      {"GatewayTimeout", 504, GatewayTimeout, IsGatewayTimeout},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const Status status = row.make("REASON", "message");
    CHECK(status.code() == row.code);
    CHECK(status.reason() == "REASON");
    CHECK(status.message() == "message");
    for (const auto& other : rows) {
      CAPTURE(other.name);
      CHECK(other.test(status) == (other.code == row.code));
    }
    CHECK_FALSE(row.test(Status()));
  }
}

TEST_CASE("Errors: K25, the table from HTTP to gRPC") {
  const struct {
    int http;
    GrpcCode grpc;
  } rows[] = {
      {200, GrpcCode::kOk},
      {400, GrpcCode::kInvalidArgument},
      {401, GrpcCode::kUnauthenticated},
      {403, GrpcCode::kPermissionDenied},
      {404, GrpcCode::kNotFound},
      {409, GrpcCode::kAborted},
      {412, GrpcCode::kFailedPrecondition},
      {429, GrpcCode::kResourceExhausted},
      {499, GrpcCode::kCancelled},
      {500, GrpcCode::kInternal},
      {501, GrpcCode::kUnimplemented},
      {503, GrpcCode::kUnavailable},
      {504, GrpcCode::kDeadlineExceeded},
      {402, GrpcCode::kUnknown},
      {405, GrpcCode::kUnknown},
      {413, GrpcCode::kUnknown},
      {422, GrpcCode::kUnknown},
      {0, GrpcCode::kUnknown},
      {-1, GrpcCode::kUnknown},
      {100000, GrpcCode::kUnknown},
  };
  for (const auto& row : rows) {
    CAPTURE(row.http);
    CHECK(GrpcCodeFromHttp(row.http) == row.grpc);
  }
}

TEST_CASE("Errors: K25, the table from gRPC to HTTP, FAILED_PRECONDITION switchable") {
  const struct {
    GrpcCode grpc;
    int http;
  } rows[] = {
      {GrpcCode::kOk, 200},
      {GrpcCode::kCancelled, 499},
      {GrpcCode::kUnknown, 500},
      {GrpcCode::kInvalidArgument, 400},
      {GrpcCode::kDeadlineExceeded, 504},
      {GrpcCode::kNotFound, 404},
      {GrpcCode::kAlreadyExists, 409},
      {GrpcCode::kPermissionDenied, 403},
      {GrpcCode::kResourceExhausted, 429},
      {GrpcCode::kFailedPrecondition, 412},
      {GrpcCode::kAborted, 409},
      {GrpcCode::kOutOfRange, 400},
      {GrpcCode::kUnimplemented, 501},
      {GrpcCode::kInternal, 500},
      {GrpcCode::kUnavailable, 503},
      {GrpcCode::kDataLoss, 500},
      {GrpcCode::kUnauthenticated, 401},
      {static_cast<GrpcCode>(17), 500},
      {static_cast<GrpcCode>(-1), 500},
  };
  for (const auto& row : rows) {
    CAPTURE(static_cast<int>(row.grpc));
    CHECK(HttpFromGrpcCode(row.grpc) == row.http);
    const int switched = row.grpc == GrpcCode::kFailedPrecondition ? 400 : row.http;
    CHECK(HttpFromGrpcCode(row.grpc, /*failed_precondition_is_400=*/true) == switched);
  }
}

}  // namespace
}  // namespace kratos
