#include "kratos/errors/errors.h"

#include <utility>

namespace kratos {

namespace {
Error Make(int code, std::string reason, std::string message) {
  return Error(code, std::move(reason), std::move(message));
}
bool HasCode(const Status& status, int code) { return !status.ok() && status.code() == code; }
}  // namespace

Error BadRequest(std::string reason, std::string message) {
  return Make(400, std::move(reason), std::move(message));
}
Error Unauthorized(std::string reason, std::string message) {
  return Make(401, std::move(reason), std::move(message));
}
Error Forbidden(std::string reason, std::string message) {
  return Make(403, std::move(reason), std::move(message));
}
Error NotFound(std::string reason, std::string message) {
  return Make(404, std::move(reason), std::move(message));
}
Error Conflict(std::string reason, std::string message) {
  return Make(409, std::move(reason), std::move(message));
}
Error TooManyRequests(std::string reason, std::string message) {
  return Make(429, std::move(reason), std::move(message));
}
Error ClientClosed(std::string reason, std::string message) {
  return Make(499, std::move(reason), std::move(message));
}
Error InternalServer(std::string reason, std::string message) {
  return Make(500, std::move(reason), std::move(message));
}
Error NotImplemented(std::string reason, std::string message) {
  return Make(501, std::move(reason), std::move(message));
}
Error ServiceUnavailable(std::string reason, std::string message) {
  return Make(503, std::move(reason), std::move(message));
}
Error GatewayTimeout(std::string reason, std::string message) {
  return Make(504, std::move(reason), std::move(message));
}

bool IsBadRequest(const Status& status) { return HasCode(status, 400); }
bool IsUnauthorized(const Status& status) { return HasCode(status, 401); }
bool IsForbidden(const Status& status) { return HasCode(status, 403); }
bool IsNotFound(const Status& status) { return HasCode(status, 404); }
bool IsConflict(const Status& status) { return HasCode(status, 409); }
bool IsTooManyRequests(const Status& status) { return HasCode(status, 429); }
bool IsClientClosed(const Status& status) { return HasCode(status, 499); }
bool IsInternalServer(const Status& status) { return HasCode(status, 500); }
bool IsNotImplemented(const Status& status) { return HasCode(status, 501); }
bool IsServiceUnavailable(const Status& status) { return HasCode(status, 503); }
bool IsGatewayTimeout(const Status& status) { return HasCode(status, 504); }

GrpcCode GrpcCodeFromHttp(int status) {
  switch (status) {
    case 200:
      return GrpcCode::kOk;
    case 400:
      return GrpcCode::kInvalidArgument;
    case 401:
      return GrpcCode::kUnauthenticated;
    case 403:
      return GrpcCode::kPermissionDenied;
    case 404:
      return GrpcCode::kNotFound;
    case 409:
      return GrpcCode::kAborted;
    case 412:
      return GrpcCode::kFailedPrecondition;
    case 429:
      return GrpcCode::kResourceExhausted;
    case 499:
      return GrpcCode::kCancelled;
    case 500:
      return GrpcCode::kInternal;
    case 501:
      return GrpcCode::kUnimplemented;
    case 503:
      return GrpcCode::kUnavailable;
    case 504:
      return GrpcCode::kDeadlineExceeded;
    default:
      return GrpcCode::kUnknown;
  }
}

int HttpFromGrpcCode(GrpcCode code, bool failed_precondition_is_400) {
  switch (code) {
    case GrpcCode::kOk:
      return 200;
    case GrpcCode::kCancelled:
      return 499;
    case GrpcCode::kUnknown:
      return 500;
    case GrpcCode::kInvalidArgument:
      return 400;
    case GrpcCode::kDeadlineExceeded:
      return 504;
    case GrpcCode::kNotFound:
      return 404;
    case GrpcCode::kAlreadyExists:
      return 409;
    case GrpcCode::kPermissionDenied:
      return 403;
    case GrpcCode::kResourceExhausted:
      return 429;
    case GrpcCode::kFailedPrecondition:
      return failed_precondition_is_400 ? 400 : 412;
    case GrpcCode::kAborted:
      return 409;
    case GrpcCode::kOutOfRange:
      return 400;
    case GrpcCode::kUnimplemented:
      return 501;
    case GrpcCode::kInternal:
      return 500;
    case GrpcCode::kUnavailable:
      return 503;
    case GrpcCode::kDataLoss:
      return 500;
    case GrpcCode::kUnauthenticated:
      return 401;
  }
  return 500;  // A number outside the enum, as a newer peer might send.
}

}  // namespace kratos
