#include "http/client_exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>

#include "http/client_redirect.h"
#include "kratos/errors/errors.h"

namespace kratos::http {

namespace {

constexpr std::chrono::milliseconds kFirstBackoff{50};
constexpr std::chrono::milliseconds kMaxBackoff{2'000};

}  // namespace

std::chrono::microseconds Backoff(int attempt) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const std::chrono::microseconds full =
      std::min(kFirstBackoff * (1 << std::min(attempt - 1, 10)), kMaxBackoff);
  std::uniform_int_distribution<std::chrono::microseconds::rep> pick(full.count() / 2,
                                                                     full.count());
  return std::chrono::microseconds(pick(random));
}

std::string_view VerbOf(WireOutcome outcome) {
  switch (outcome) {
    case WireOutcome::kConnectFailed:
    case WireOutcome::kTlsRefused:
    case WireOutcome::kTlsFailed:
      return "cannot connect to";
    case WireOutcome::kReply:
    case WireOutcome::kNoReply:
    case WireOutcome::kTruncated:
    case WireOutcome::kTooLarge:
      return "no reply from";
  }
  return "no reply from";
}

bool IsIdempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" ||
         method == "OPTIONS" || method == "TRACE";
}

Exchanger::Exchanger(const ClientOptions& options)
    : limits_{options.connect_timeout, options.max_reply_bytes},
      max_redirects_(options.max_redirects),
      tls_options_(options.tls.value_or(ClientTlsOptions())),
      pool_(options.max_idle_connections, options.idle_timeout) {}

Status Exchanger::LoadTls() { return Tls().status(); }

Result<std::shared_ptr<const TlsMaterial>> Exchanger::Tls() {
  const std::lock_guard lock(tls_mutex_);
  if (tls_ == nullptr) {
    auto loaded = TlsMaterial::Load(tls_options_);
    if (!loaded.ok()) return loaded.status();
    tls_ = std::move(loaded).value();
  }
  return tls_;
}

WireOutcome Exchanger::RunOnFresh(CallGuard& guard, const Origin& origin,
                                  const WireRequest& request,
                                  std::unique_ptr<Connection>* connection, Response* reply,
                                  Status* failure) {
  std::shared_ptr<const TlsMaterial> tls;
  if (origin.tls) {
    auto loaded = Tls();
    if (!loaded.ok()) {
      *failure = loaded.status();
      return WireOutcome::kTlsFailed;
    }
    tls = *loaded;
  }
  const auto addresses = lookup_.Find(origin.host, guard);
  if (!addresses.ok()) {
    *failure = addresses.status();
    return WireOutcome::kConnectFailed;
  }
  auto outcome = WireOutcome::kConnectFailed;
  std::string why;
  auto limits = limits_;
  // Every address gets its share, so that one that swallows packets leaves time for the next.
  limits.connect_timeout /= static_cast<int>(addresses->size());
  for (const auto& address : *addresses) {
    *connection = std::make_unique<Connection>(origin, address, tls);
    outcome = (*connection)->Exchange(guard, request, limits, reply, &why);
    if (outcome != WireOutcome::kConnectFailed || !guard.Check().ok()) break;
  }
  if (outcome != WireOutcome::kReply) {
    *failure = ServiceUnavailable(
        kReasonUnavailable, fmt::format("{} {}: {}", VerbOf(outcome), origin.ToString(), why));
  }
  return outcome;
}

ExchangeResult Exchanger::RunOnce(CallGuard& guard, std::string_view method, const Address& address,
                                  const Metadata& headers, std::string* body) {
  ExchangeResult result;
  result.status = guard.Check();
  if (!result.status.ok()) return result;
  const auto key = address.origin.ToString();
  const WireRequest request{method, address.target, &headers, body};

  auto outcome = WireOutcome::kNoReply;
  Status failure;
  auto connection = pool_.Take(key);
  if (connection != nullptr) {
    std::string why;
    outcome = connection->Exchange(guard, request, limits_, &result.reply, &why);
    if (outcome != WireOutcome::kReply) {
      failure = ServiceUnavailable(kReasonUnavailable,
                                   fmt::format("{} {}: {}", VerbOf(outcome), key, why));
    }
  }
  // A connection that had idled may have been closed by the server just as the request went out.
  // Whether the server saw the request cannot be known: only what may be sent twice is.
  if (connection == nullptr ||
      (outcome == WireOutcome::kNoReply && IsIdempotent(method) && guard.Check().ok())) {
    outcome = RunOnFresh(guard, address.origin, request, &connection, &result.reply, &failure);
  }
  if (outcome == WireOutcome::kReply) {
    if (connection->reusable()) pool_.Put(key, std::move(connection));
    return result;
  }
  // Whatever broke, it broke because the call was ended.
  result.status = guard.Check();
  if (!result.status.ok()) return result;
  if (outcome == WireOutcome::kTooLarge) {
    PeerReply peer{result.reply.status, result.reply.headers, ""};
    result.status =
        InternalServer(kReasonTooLarge, failure.message()).WithPeerReply(std::move(peer));
    return result;
  }
  result.status = std::move(failure);
  result.may_pass = result.status.code() == 503 && outcome != WireOutcome::kTlsRefused;
  return result;
}

ExchangeResult Exchanger::Run(CallGuard& guard, OutgoingCall& call) {
  auto address = call.address;
  auto headers = call.headers;
  for (int redirects = 0;; ++redirects) {
    const bool has_host = headers.Has("Host");
    if (!has_host) headers.Add("Host", address.origin.HostField());
    auto result = RunOnce(guard, call.method, address, headers, &call.body);
    if (!has_host) headers.Remove("Host");
    if (!result.status.ok()) return result;
    const auto redirected =
        FollowRedirect(result.reply, call.method, redirects, max_redirects_, &address, &headers);
    if (!redirected.ok()) result.status = redirected.status();
    if (!redirected.ok() || !*redirected) return result;
  }
}

}  // namespace kratos::http
