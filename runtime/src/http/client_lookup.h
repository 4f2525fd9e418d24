// Host names to addresses, without letting a slow name server hold a call beyond its deadline.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "http/client_watchdog.h"
#include "kratos/errors/status.h"

namespace kratos::http {

/// Looks host names up. Each name is asked for by at most one thread at a time, which outlives
/// callers that gave up (the system's own time-outs end it). Thread-safe.
class HostLookup {
 public:
  HostLookup();
  ~HostLookup();

  /// The numeric addresses of `host` in the system's order, or `host` itself when it is one. 503
  /// UNAVAILABLE when there are none, or what ended the call.
  Result<std::vector<std::string>> Find(const std::string& host, const CallGuard& guard);

 private:
  struct Pending;
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace kratos::http
