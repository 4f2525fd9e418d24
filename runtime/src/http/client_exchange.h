// One HTTP call: pooled connections, name lookup, redirects, and how failures read.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "http/client_connection.h"
#include "http/client_connection_pool.h"
#include "http/client_endpoint.h"
#include "http/client_lookup.h"
#include "http/client_tls.h"
#include "http/client_watchdog.h"
#include "kratos/errors/status.h"
#include "kratos/http/client.h"
#include "kratos/http/message.h"

namespace kratos::http {

/// A request ready to go out: every field value was checked.
struct OutgoingCall {
  std::string method;
  Address address;
  Metadata headers;
  std::string body;
};

struct ExchangeResult {
  /// Not OK when there is no complete reply. 503 UNAVAILABLE names the endpoint and the reason.
  Status status;
  Response reply;
  /// True for a failure that another try might not meet.
  bool may_pass = false;
};

/// True for methods that may be sent twice (RFC 9110, 9.2.2).
bool IsIdempotent(std::string_view method);

/// The pause before try number `attempt` + 1: doubles with each, from 50 ms to 2 s, and is anywhere
/// from half of that to all, so that clients do not come back in step.
std::chrono::microseconds Backoff(int attempt);

/// "cannot connect to" or "no reply from", before the name of the origin.
std::string_view VerbOf(WireOutcome outcome);

/// Performs calls for one client. Thread-safe.
class Exchanger {
 public:
  explicit Exchanger(const ClientOptions& options);

  /// Reads the certificates now instead of with the first https connection.
  Status LoadTls();

  /// Sends `call` and follows redirects. A reply of any status is OK. `call.body` is as before
  /// afterwards.
  ExchangeResult Run(CallGuard& guard, OutgoingCall& call);

  /// For connections that others make.
  Result<std::shared_ptr<const TlsMaterial>> Tls();
  HostLookup& lookup() { return lookup_; }

 private:
  ExchangeResult RunOnce(CallGuard& guard, std::string_view method, const Address& address,
                         const Metadata& headers, std::string* body);
  // Connects to each of the host's addresses until one answers.
  WireOutcome RunOnFresh(CallGuard& guard, const Origin& origin, const WireRequest& request,
                         std::unique_ptr<Connection>* connection, Response* reply, Status* failure);

  const WireLimits limits_;
  const int max_redirects_;
  const ClientTlsOptions tls_options_;
  std::mutex tls_mutex_;
  std::shared_ptr<const TlsMaterial> tls_;
  HostLookup lookup_;
  ConnectionPool pool_;
};

}  // namespace kratos::http
