// The C++ half of go/travel, which says what is followed how.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kratos/context/context.h"
#include "kratos/errors/status.h"
#include "kratos/middleware/middleware.h"
#include "kratos/trace/exporter.h"
#include "kratos/trace/tracer.h"

namespace interop {

/// A program on the way.
class Traveller {
 public:
  /// Calls SayHello through a client with middleware().
  using Say = std::function<kratos::Status(kratos::Context& ctx, const std::string& name,
                                           std::string* message)>;

  /// Tracing and MetadataPropagation, for server and client.
  std::vector<kratos::Middleware> middleware() const;
  /// Calls this program's own server; set before that serves.
  void set_onward(Say say) { onward_ = std::move(say); }
  /// Answers what belongs here; false for other names.
  bool Answer(kratos::Context& ctx, const std::string& name, std::string* message,
              kratos::Status* status) const;

  /// Runs the cases of a client and prints a line for each, its name behind the transport's; how
  /// many failed. `go` is what the server is.
  int RunCases(std::string_view transport, bool go, const Say& say) const;

 private:
  std::string Metadata(const Say& say) const;
  std::string Several(const Say& say) const;
  std::string Sampled(const Say& say) const;
  std::string Unsampled(const Say& say) const;
  // Those of a trace, once there are so many or the call is over: one may end after its reply has
  // arrived.
  std::vector<kratos::trace::SpanData> Spans(const kratos::Context& ctx, std::string_view trace,
                                             std::size_t count) const;

  Say onward_;
  std::shared_ptr<kratos::trace::InMemoryExporter> exporter_ =
      std::make_shared<kratos::trace::InMemoryExporter>();
  std::shared_ptr<kratos::trace::Tracer> tracer_ =
      kratos::trace::Tracer::Create({.exporter = exporter_});
};

}  // namespace interop
