// What is behind a key.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <optional>
#include <string>

#include "kratos/jwt/key.h"

namespace kratos::jwt {

using PkeyPtr = std::shared_ptr<EVP_PKEY>;

inline PkeyPtr Own(EVP_PKEY* key) { return key == nullptr ? nullptr : PkeyPtr(key, EVP_PKEY_free); }

/// Either a secret or a key pair (or the public half of one).
struct KeyMaterial {
  std::string id;
  std::string secret;
  PkeyPtr pkey;
  bool is_private = false;
  /// The one algorithm the key is meant for, if it says so.
  std::optional<Algorithm> only;
};

/// Whether a key pair can be used for any algorithm here.
bool IsUsable(EVP_PKEY* pkey);

}  // namespace kratos::jwt
