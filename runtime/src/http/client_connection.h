// One connection to an origin and one exchange at a time over it. The only part of the client that
// knows cpp-httplib.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/client_endpoint.h"
#include "http/client_tls.h"
#include "http/client_watchdog.h"
#include "kratos/http/message.h"
#include "kratos/metadata/metadata.h"

namespace kratos::http {

/// The largest head of a reply; in unary calls with the interim replies before it.
inline constexpr std::size_t kMaxReplyHead = 64 * 1024;

/// How an exchange ended.
enum class WireOutcome : std::uint8_t {
  kReply,          ///< a complete reply
  kConnectFailed,  ///< refused, unreachable, or not in time
  kTlsRefused,     ///< the peer's certificate was not acceptable
  kTlsFailed,      ///< the handshake failed for another reason
  kNoReply,        ///< the connection broke before the reply's head was complete
  kTruncated,      ///< a reply came, but not all of it, or none that makes sense
  kTooLarge,       ///< the body exceeds the limit
};

struct WireRequest {
  std::string_view method;
  std::string_view target;
  const Metadata* headers = nullptr;
  /// Borrowed for the exchange and left as it was: handed over without a copy.
  std::string* body = nullptr;
};

struct WireLimits {
  std::chrono::milliseconds connect_timeout{0};
  /// Zero: no limit.
  std::size_t max_reply_bytes = 0;
};

class Connection {
 public:
  /// To `origin` at the numeric `address`; connects with the first exchange. `tls` is needed for
  /// https origins and must not be null then.
  Connection(const Origin& origin, const std::string& address,
             std::shared_ptr<const TlsMaterial> tls);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Sends and receives. `reply` holds what arrived, on kTruncated and kTooLarge too. `why`
  /// explains every other outcome than kReply.
  WireOutcome Exchange(CallGuard& guard, const WireRequest& request, const WireLimits& limits,
                       Response* reply, std::string* why);
  /// After kReply: whether another exchange can follow.
  bool reusable() const { return reusable_; }
  /// False when the peer closed the idle connection or sent what nobody asked for.
  bool IdleIsSound() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  bool reusable_ = false;
};

}  // namespace kratos::http
