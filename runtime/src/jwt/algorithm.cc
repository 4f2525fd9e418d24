#include "jwt/algorithm.h"

#include <array>

namespace kratos::jwt {

namespace {
constexpr std::array kAll = {
    Algorithm::kHS256, Algorithm::kHS384, Algorithm::kHS512, Algorithm::kRS256, Algorithm::kRS384,
    Algorithm::kRS512, Algorithm::kES256, Algorithm::kES384, Algorithm::kES512, Algorithm::kEdDSA};
}  // namespace

AlgorithmFacts FactsOf(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kHS256:
      return {"HS256", Family::kHmac, "SHA256", "", 0};
    case Algorithm::kHS384:
      return {"HS384", Family::kHmac, "SHA384", "", 0};
    case Algorithm::kHS512:
      return {"HS512", Family::kHmac, "SHA512", "", 0};
    case Algorithm::kRS256:
      return {"RS256", Family::kRsa, "SHA256", "", 0};
    case Algorithm::kRS384:
      return {"RS384", Family::kRsa, "SHA384", "", 0};
    case Algorithm::kRS512:
      return {"RS512", Family::kRsa, "SHA512", "", 0};
    case Algorithm::kES256:
      return {"ES256", Family::kEcdsa, "SHA256", "prime256v1", 32};
    case Algorithm::kES384:
      return {"ES384", Family::kEcdsa, "SHA384", "secp384r1", 48};
    case Algorithm::kES512:
      return {"ES512", Family::kEcdsa, "SHA512", "secp521r1", 66};
    case Algorithm::kEdDSA:
      return {"EdDSA", Family::kEdwards, nullptr, "", 0};
  }
  return {"", Family::kHmac, nullptr, "", 0};
}

std::string_view ToString(Algorithm algorithm) { return FactsOf(algorithm).name; }

std::optional<Algorithm> ParseAlgorithm(std::string_view name) {
  for (const Algorithm algorithm : kAll) {
    if (ToString(algorithm) == name) return algorithm;
  }
  return std::nullopt;
}

}  // namespace kratos::jwt
