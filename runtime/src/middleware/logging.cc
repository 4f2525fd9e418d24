#include "kratos/middleware/logging.h"

#include <google/protobuf/message.h>

#include <utility>

#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "middleware/clock.h"

namespace kratos::middleware {

namespace {

using google::protobuf::Message;

void LogCall(const LoggingOptions& options, const Context& ctx, const Message& request,
             const Status& status, std::chrono::steady_clock::time_point start) {
  const log::Logger logger = options.logger ? *options.logger : log::Default();
  const log::Level level = options.level ? options.level(status)
                           : status.ok() ? log::Level::kInfo
                                         : log::Level::kError;
  if (!logger.Enabled(level, &ctx)) return;
  const TransportInfo& transport = ctx.transport();
  const bool client = transport.side == TransportInfo::Side::kClient;
  std::vector<log::Attribute> attributes = {
      {"kind", client ? "client" : "server"},
      {"component", transport.kind},
      {"operation", transport.operation},
      {"args", options.arguments ? options.arguments(request) : std::string(request.GetTypeName())},
      {"code", status.code()},
      {"reason", status.reason()},
      {"latency", SecondsSince(start, options.clock)},
  };
  if (!status.ok()) attributes.push_back({"error", status.error().ToString()});
  logger.Log(ctx, level, client ? "client request" : "server request", std::move(attributes));
}

}  // namespace

Middleware Logging(LoggingOptions options) {
  return [options = std::move(options)](Handler next) -> Handler {
    return [options, next = std::move(next)](Context& ctx, const Message& request,
                                             Message* reply) -> Status {
      const auto start = Now(options.clock);
      try {
        Status status = next(ctx, request, reply);
        LogCall(options, ctx, request, status, start);
        return status;
      } catch (...) {
        LogCall(options, ctx, request, InternalServer(kReasonUnknown, "an exception"), start);
        throw;
      }
    };
  };
}

}  // namespace kratos::middleware
