// Spans sent to an OpenTelemetry collector: OTLP over HTTP.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "kratos/errors/status.h"
#include "kratos/http/client.h"
#include "kratos/metadata/metadata.h"
#include "kratos/trace/exporter.h"

namespace kratos::trace {

/// How bodies are written: application/x-protobuf, which every collector reads, or
/// application/json.
enum class OtlpEncoding { kProtobuf, kJson };

struct OtlpOptions {
  /// The collector; spans go to <endpoint>/v1/traces. Default: one on this machine.
  std::string endpoint = "http://localhost:4318";
  OtlpEncoding encoding = OtlpEncoding::kProtobuf;
  /// Compresses requests with gzip: a tenth of the bytes, for a collector that is far away.
  /// Default: off.
  bool gzip = false;
  /// Added to each request, such as an API key.
  Metadata headers{};
  /// For one request; the export's deadline can only shorten it. Default 10 s.
  std::chrono::milliseconds timeout{10'000};
  /// Requests for one batch: what the collector answers with 429, 502, 503 or 504, and what does
  /// not reach it, is sent again. Default 5.
  int max_attempts = 5;
  /// Before the second attempt; twice as long before each further one. The collector's Retry-After
  /// makes it longer. Default 1 s.
  std::chrono::milliseconds retry_delay{1'000};
  std::optional<http::ClientTlsOptions> tls{};
};

/// For TracerOptions::exporter. Connects lazily; fails when the endpoint or the TLS material is not
/// usable. (OpenTelemetry Protocol 1.x, "OTLP/HTTP".)
Result<std::shared_ptr<SpanExporter>> MakeOtlpExporter(OtlpOptions options = {});

}  // namespace kratos::trace
