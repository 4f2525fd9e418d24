// Tokens and key sets of any bytes: no crash, no token accepted that these keys did not sign, and
// keys that are accepted do not crash when they are used.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "kratos/jwt/key.h"
#include "kratos/jwt/token.h"

namespace {

namespace jwt = kratos::jwt;

jwt::VerifyOptions AllAlgorithms() {
  jwt::VerifyOptions options;
  options.algorithms.clear();
  for (const char* name :
       {"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "EdDSA"})
    options.algorithms.push_back(*jwt::ParseAlgorithm(name));
  return options;
}

// Nobody guesses it.
constexpr std::string_view kSecret = "fuzzers cannot make signatures of thirty-two bytes";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const jwt::VerifyOptions options = AllAlgorithms();
  static const auto keys = jwt::MakeKeySource({*jwt::Key::FromSecret(kSecret)});
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (jwt::Verify(input, *keys, options).ok()) std::abort();

  // A line of keys, and a token for them.
  const auto end = input.find('\n');
  if (auto set = jwt::ParseJwks(input.substr(0, end)); set.ok() && end != std::string_view::npos)
    (void)jwt::Verify(input.substr(end + 1), *jwt::MakeKeySource(*set), options);
  (void)jwt::Key::FromPem(input);
  return 0;
}
