#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "google/rpc/status.pb.h"
#include "http/compression/compressor.h"
#include "kratos/errors/errors.h"
#include "kratos/log/log.h"
#include "kratos/trace/otlp.h"
#include "otlp/otlp_format.h"

namespace kratos::trace {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMaxErrorText = 200;

bool IsWorthAnotherTry(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

// Seconds; a date, which the field may hold as well, does not make us wait.
milliseconds RetryAfter(const Metadata& header) {
  const std::string_view text = header.Get("Retry-After");
  int seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size()) return milliseconds(0);
  return std::chrono::seconds(std::clamp(seconds, 0, 3600));
}

// False when the export is given up meanwhile.
bool Wait(const Context& ctx, milliseconds delay) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  auto until = Context::Clock::now() + delay;
  if (const auto deadline = ctx.deadline(); deadline && *deadline < until) return false;
  never.wait_until(lock, ctx.stop_token(), until, [] { return false; });
  return !ctx.cancelled();
}

// A google.rpc.Status where the collector says it in protobuf, and what it says as text otherwise.
std::string ErrorText(const http::Response& reply) {
  google::rpc::Status status;
  if (reply.headers.Get("Content-Type").starts_with("application/x-protobuf")) {
    return status.ParseFromString(reply.body) ? status.message().substr(0, kMaxErrorText) : "";
  }
  return reply.body.substr(0, kMaxErrorText);
}

// False when there is no memory for it.
bool Gzip(http::Request* request) {
  const auto gzip = http::MakeCompressor(http::Coding::kGzip, http::CompressionLevel::kBalanced,
                                         request->body.size());
  std::string out;
  if (!gzip->Feed(request->body, &out) || !gzip->Finish(&out)) return false;
  request->body = std::move(out);
  request->headers.Set("Content-Encoding", "gzip");
  return true;
}

class OtlpExporter final : public SpanExporter {
 public:
  OtlpExporter(OtlpOptions options, std::shared_ptr<http::Client> client)
      : options_(std::move(options)),
        format_(FormatOf(options_.encoding)),
        client_(std::move(client)) {}

  Status Export(Context& ctx, const std::vector<Attribute>& resource,
                std::vector<SpanData> spans) override {
    http::Request request;
    request.method = "POST";
    request.target = "/v1/traces";
    request.headers = options_.headers;
    request.headers.Set("Content-Type", std::string(format_.content_type));
    request.body = format_.request(resource, spans);
    if (options_.gzip && !Gzip(&request)) return InternalServer("OTLP", "gzip failed");
    milliseconds delay = options_.retry_delay;
    for (int attempt = 1;; ++attempt, delay *= 2) {
      milliseconds at_least{0};
      Status status = Send(ctx, request, &at_least);
      const bool again = !status.ok() && IsWorthAnotherTry(status.code());
      if (!again || attempt >= options_.max_attempts || ctx.cancelled() ||
          !Wait(ctx, std::max(delay, at_least))) {
        return status;
      }
    }
  }

 private:
  Status Send(Context& ctx, const http::Request& request, milliseconds* at_least) {
    Context call(&ctx);
    if (options_.timeout.count() > 0) call.LimitDeadline(options_.timeout);
    const Result<http::Response> reply = client_->Do(call, request);
    if (!reply.ok()) return reply.status();
    if (reply->status >= 200 && reply->status <= 299) {
      if (const auto rejection = format_.rejection(reply->body)) {
        log::Write(log::Level::kWarn, "the collector did not take all spans",
                   {{"rejected", rejection->spans}, {"error", rejection->message}});
      }
      return {};
    }
    *at_least = RetryAfter(reply->headers);
    return Error(reply->status, "OTLP",
                 fmt::format("the collector answered {}: {}", reply->status, ErrorText(*reply)));
  }

  const OtlpOptions options_;
  const OtlpFormat& format_;
  const std::shared_ptr<http::Client> client_;
};

}  // namespace

Result<std::shared_ptr<SpanExporter>> MakeOtlpExporter(OtlpOptions options) {
  http::ClientOptions client_options;
  client_options.endpoint = options.endpoint;
  // Each request has a deadline of its own.
  client_options.timeout = milliseconds(0);
  client_options.max_reply_bytes = 1u << 20;
  client_options.max_idle_connections = 1;
  client_options.tls = options.tls;
  auto client = http::Client::Create(std::move(client_options));
  if (!client.ok()) return client.status();
  return std::shared_ptr<SpanExporter>(
      std::make_shared<OtlpExporter>(std::move(options), *std::move(client)));
}

}  // namespace kratos::trace
