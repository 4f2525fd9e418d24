// JSON Web Tokens (RFC 7519) as signed text (RFC 7515, compact form).
#pragma once

#include <google/protobuf/struct.pb.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kratos/errors/status.h"
#include "kratos/jwt/key.h"

namespace kratos::jwt {

/// What a token says. A value.
class Claims {
 public:
  Claims() = default;
  explicit Claims(google::protobuf::Struct fields) : fields_(std::move(fields)) {}

  /// All claims. Numbers are doubles: beyond 2^53 they are rounded.
  const google::protobuf::Struct& fields() const { return fields_; }
  /// A claim that is text, or "".
  const std::string& Text(std::string_view name) const;
  /// A claim that is a number.
  std::optional<double> Number(std::string_view name) const;
  /// A claim that is a list of texts, or one text.
  std::vector<std::string> Texts(std::string_view name) const;

  const std::string& issuer() const { return Text("iss"); }
  const std::string& subject() const { return Text("sub"); }
  std::vector<std::string> audience() const { return Texts("aud"); }

 private:
  google::protobuf::Struct fields_;
};

/// Reasons of Verify's errors; all have the code 401. Their messages are for logs, not for peers.
inline constexpr char kReasonMalformed[] = "TOKEN_MALFORMED";  ///< no token, or one with `crit`
inline constexpr char kReasonAlgorithm[] = "TOKEN_ALGORITHM";  ///< "none", or not allowed
inline constexpr char kReasonNoKey[] = "TOKEN_KEY";            ///< nothing to check it with
inline constexpr char kReasonSignature[] = "TOKEN_SIGNATURE";  ///< signed by somebody else
inline constexpr char kReasonExpired[] = "TOKEN_EXPIRED";      ///< `exp` is over, or missing
inline constexpr char kReasonNotYetValid[] = "TOKEN_NOT_YET_VALID";  ///< `nbf` is ahead
inline constexpr char kReasonClaims[] = "TOKEN_CLAIMS";              ///< another iss, sub or aud

struct VerifyOptions {
  /// What a token may be signed with; the others are refused before any key is tried. Default:
  /// HS256.
  std::vector<Algorithm> algorithms{Algorithm::kHS256};
  /// When not empty, what `iss` and `sub` must be and `aud` must have.
  std::string issuer{};
  std::string subject{};
  std::string audience{};
  /// Tokens without `exp` are refused. Default: off.
  bool require_expiry = false;
  /// How far clocks may be apart: added to `exp`, taken from `nbf`. Default: none.
  std::chrono::seconds leeway{0};
  /// Longer tokens are malformed. Default: 16 KiB.
  std::size_t max_bytes = 16 * 1024;
  /// Default: system_clock::now.
  std::function<std::chrono::system_clock::time_point()> clock{};
};

/// The claims of a token whose signature and claims are right. `exp` and `nbf` are checked where
/// there are any. Thread-safe.
Result<Claims> Verify(std::string_view token, KeySource& keys, const VerifyOptions& options = {});

/// A signed token. `header` is added to `alg`, `typ` and, for a key with an id, `kid`, and wins
/// over the latter two. 500 TOKEN_SIGNING when the key does not fit or cannot sign.
Result<std::string> Sign(const google::protobuf::Struct& claims, const Key& key,
                         Algorithm algorithm, const google::protobuf::Struct& header = {});

}  // namespace kratos::jwt
