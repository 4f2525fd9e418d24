// The table of algorithms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "kratos/jwt/key.h"

namespace kratos::jwt {

enum class Family : std::uint8_t { kHmac, kRsa, kEcdsa, kEdwards };

struct AlgorithmFacts {
  std::string_view name;
  Family family;
  /// OpenSSL's name of the hash; null where the algorithm has its own.
  const char* digest;
  /// OpenSSL's name of the curve; "" for other families.
  std::string_view curve;
  /// Bytes of a coordinate of the curve.
  std::size_t coordinate;
};

AlgorithmFacts FactsOf(Algorithm algorithm);

}  // namespace kratos::jwt
