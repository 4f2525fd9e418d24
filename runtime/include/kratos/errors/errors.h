// Named errors, and the table between HTTP status codes and gRPC codes.
#pragma once

#include <string>

#include "kratos/errors/status.h"

namespace kratos {

/// Constructors of the codes every service needs; each has a test on the code alone.
Error BadRequest(std::string reason, std::string message);          ///< 400
Error Unauthorized(std::string reason, std::string message);        ///< 401
Error Forbidden(std::string reason, std::string message);           ///< 403
Error NotFound(std::string reason, std::string message);            ///< 404
Error Conflict(std::string reason, std::string message);            ///< 409
Error TooManyRequests(std::string reason, std::string message);     ///< 429
Error ClientClosed(std::string reason, std::string message);        ///< 499
Error InternalServer(std::string reason, std::string message);      ///< 500
Error NotImplemented(std::string reason, std::string message);      ///< 501
Error ServiceUnavailable(std::string reason, std::string message);  ///< 503
Error GatewayTimeout(std::string reason, std::string message);      ///< 504

bool IsBadRequest(const Status& status);
bool IsUnauthorized(const Status& status);
bool IsForbidden(const Status& status);
bool IsNotFound(const Status& status);
bool IsConflict(const Status& status);
bool IsTooManyRequests(const Status& status);
bool IsClientClosed(const Status& status);
bool IsInternalServer(const Status& status);
bool IsNotImplemented(const Status& status);
bool IsServiceUnavailable(const Status& status);
bool IsGatewayTimeout(const Status& status);

/// Reasons the framework itself sends.
inline constexpr char kReasonCodec[] = "CODEC";         ///< 400: the request could not be read
inline constexpr char kReasonNotFound[] = "NOT_FOUND";  ///< 404: no route
inline constexpr char kReasonMethodNotAllowed[] = "METHOD_NOT_ALLOWED";          ///< 405
inline constexpr char kReasonUnsupportedMediaType[] = "UNSUPPORTED_MEDIA_TYPE";  ///< 415
inline constexpr char kReasonTooLarge[] = "TOO_LARGE";                           ///< 413, 414, 431
inline constexpr char kReasonDeadlineExceeded[] = "DEADLINE_EXCEEDED";           ///< 504
inline constexpr char kReasonCanceled[] = "CANCELED";                            ///< 499
inline constexpr char kReasonUnknown[] = "UNKNOWN";              ///< 500: a handler threw
inline constexpr char kReasonUnimplemented[] = "UNIMPLEMENTED";  ///< 501
inline constexpr char kReasonUnavailable[] =
    "UNAVAILABLE";                                       ///< 503: no connection, or shutting down
inline constexpr char kReasonValidator[] = "VALIDATOR";  ///< 400: a validator said no
inline constexpr char kReasonUnauthorized[] = "UNAUTHORIZED";      ///< 401: no token, or a bad one
inline constexpr char kReasonRateLimit[] = "RATELIMIT";            ///< 429: too much at once
inline constexpr char kReasonCircuitBreaker[] = "CIRCUITBREAKER";  ///< 503: not even tried

/// gRPC's canonical codes (google/rpc/code.proto).
enum class GrpcCode : int {
  kOk = 0,
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

/// The table's row for an HTTP status; kUnknown for codes it does not list.
GrpcCode GrpcCodeFromHttp(int status);

/// The HTTP status of a gRPC code. FAILED_PRECONDITION is 412 as in Kratos; with
/// `failed_precondition_is_400`, 400 as in google/rpc/code.proto.
int HttpFromGrpcCode(GrpcCode code, bool failed_precondition_is_400 = false);

}  // namespace kratos
