// Keys that sign JSON Web Tokens and check their signatures.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kratos/errors/status.h"

namespace kratos::jwt {

/// How a token is signed (RFC 7518, section 3; RFC 8037). There is no "none".
enum class Algorithm : std::uint8_t {
  kHS256,
  kHS384,
  kHS512,
  kRS256,
  kRS384,
  kRS512,
  kES256,
  kES384,
  kES512,
  kEdDSA,
};

/// The name a token's header has for it, such as "HS256".
std::string_view ToString(Algorithm algorithm);
/// Reads such a name; nothing for any other text. Case counts.
std::optional<Algorithm> ParseAlgorithm(std::string_view name);

struct KeyMaterial;

/// A secret, or a public or private key. Each fits certain algorithms only, so a public key can
/// never be taken for a secret. A small value: copies share the key. Thread-safe.
class Key {
 public:
  /// For HS*. RFC 7518 wants at least as many bytes as the hash has (32 for HS256); only an empty
  /// one is refused. `id` is the `kid` of tokens signed with it.
  static Result<Key> FromSecret(std::string_view secret, std::string id = {});
  /// A public key, a certificate (not checked itself) or an unencrypted private key as PEM text:
  /// RSA from 2048 bits on, P-256, P-384, P-521, Ed25519, Ed448.
  static Result<Key> FromPem(std::string_view pem, std::string id = {});
  /// A key as JSON (RFC 7517, RFC 8037); `kid`, `alg`, `use` and `key_ops` are heeded. Of a private
  /// key the public half is taken.
  static Result<Key> FromJwk(std::string_view json);

  const std::string& id() const;
  /// Whether it can check signatures of this algorithm.
  bool Fits(Algorithm algorithm) const;
  /// Whether it can make signatures: secrets and private keys can.
  bool can_sign() const;

  /// For the runtime's own use.
  const KeyMaterial& material() const { return *material_; }

 private:
  explicit Key(std::shared_ptr<const KeyMaterial> material) : material_(std::move(material)) {}
  std::shared_ptr<const KeyMaterial> material_;
};

/// The keys of a set (`{"keys":[...]}`, RFC 7517, section 5). Keys that are not for signatures, of
/// a kind unknown here or broken are left out, as the RFC wants; an error when none remains.
Result<std::vector<Key>> ParseJwks(std::string_view json);

/// Where a verifier gets its keys. Called from many threads at once.
class KeySource {
 public:
  virtual ~KeySource() = default;
  /// Keys that a token may have been signed with: those with this id and those without one; all
  /// when the token names none.
  virtual std::vector<Key> Find(std::string_view id) = 0;
};

/// Always the same keys.
std::shared_ptr<KeySource> MakeKeySource(std::vector<Key> keys);

struct JwksFileOptions {
  /// The file is looked at, when a key is asked for, at most this often. Default: 10 s.
  std::chrono::milliseconds check_interval{10'000};
  /// Default: steady_clock::now.
  std::function<std::chrono::steady_clock::time_point()> clock{};
};

/// The keys of a file, read again when it changes. A changed file that cannot be used is logged and
/// leaves the keys as they were. An error when it cannot be used at first.
Result<std::shared_ptr<KeySource>> OpenJwksFile(std::string path, JwksFileOptions options = {});

}  // namespace kratos::jwt
