// One line a call.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "kratos/errors/status.h"
#include "kratos/log/log.h"
#include "kratos/middleware/middleware.h"

namespace kratos::middleware {

struct LoggingOptions {
  /// Default: the process's logger, as it is when a call ends.
  std::optional<log::Logger> logger{};
  /// What `args` says about a request. Default: the name of its type, so that no content is logged;
  /// see RedactedArguments. Called only when the line will be written.
  std::function<std::string(const google::protobuf::Message& request)> arguments{};
  /// Default: kInfo for OK, else kError.
  std::function<log::Level(const Status& status)> level{};
  /// Default: steady_clock::now.
  std::function<std::chrono::steady_clock::time_point()> clock{};
};

/// For server and client. Logs `server request` or `client request` when the call, or the whole
/// stream, is over. Attributes, in order: `kind` (server, client), `component` (http, grpc),
/// `operation`, `args`, `code` (200 for OK), `reason`, `latency` (seconds), and for a failure
/// `error`, its text with causes. An exception passes through and is logged as 500 UNKNOWN.
Middleware Logging(LoggingOptions options = {});

/// For LoggingOptions::arguments: the request as JSON, without unset fields and cut to `max_bytes`.
/// Fields named in `hidden` (proto names, at any depth, keys of Struct included), and fields with
/// the option debug_redact, appear as "***" if they are text and are left out if they are not; so
/// is any google.protobuf.Any.
std::function<std::string(const google::protobuf::Message& request)> RedactedArguments(
    std::vector<std::string> hidden, std::size_t max_bytes = 1024);

}  // namespace kratos::middleware
