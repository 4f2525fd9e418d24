#include "kratos/jwt/token.h"

#include <algorithm>
#include <cmath>

#include "jwt/base64url.h"
#include "jwt/signature.h"
#include "kratos/errors/errors.h"
#include "kratos/json/json.h"

namespace kratos::jwt {

namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

const Value* Find(const Struct& object, std::string_view name) {
  const auto found = object.fields().find(std::string(name));
  return found == object.fields().end() ? nullptr : &found->second;
}

Status Refuse(const char* reason, std::string why) { return Unauthorized(reason, std::move(why)); }

// The three parts of a token; empty views where it has another number of them.
struct Parts {
  std::string_view header;
  std::string_view claims;
  std::string_view signature;
  /// What is signed.
  std::string_view signed_text;
};

Parts Split(std::string_view token) {
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
    return {};
  return {token.substr(0, first), token.substr(first + 1, second - first - 1),
          token.substr(second + 1), token.substr(0, second)};
}

// A part that must be a JSON object.
Result<Struct> ReadObject(std::string_view part, const char* what) {
  const auto text = DecodeBase64Url(part);
  if (!text) return Refuse(kReasonMalformed, std::string(what) + " is not base64url");
  Struct object;
  if (const auto error = json::Decode(*text, {}, &object))
    return Refuse(kReasonMalformed, std::string(what) + " is no JSON object");
  return object;
}

// A claim that must be a time, where it is there (RFC 7519, section 2: NumericDate).
Status ReadTime(const Claims& claims, const char* name, std::optional<double>* seconds) {
  *seconds = claims.Number(name);
  if (*seconds ? std::isfinite(**seconds) : Find(claims.fields(), name) == nullptr) return {};
  return Refuse(kReasonMalformed, std::string(name) + " is no time");
}

Status CheckTimes(const Claims& claims, const VerifyOptions& options) {
  const auto time = options.clock ? options.clock() : std::chrono::system_clock::now();
  const double now = std::chrono::duration<double>(time.time_since_epoch()).count();
  const double leeway = std::chrono::duration<double>(options.leeway).count();
  std::optional<double> expiry;
  std::optional<double> start;
  if (Status status = ReadTime(claims, "exp", &expiry); !status.ok()) return status;
  if (Status status = ReadTime(claims, "nbf", &start); !status.ok()) return status;
  if (expiry && now >= *expiry + leeway) return Refuse(kReasonExpired, "the token has expired");
  if (!expiry && options.require_expiry) return Refuse(kReasonExpired, "the token has no exp");
  if (start && now < *start - leeway)
    return Refuse(kReasonNotYetValid, "the token is not valid yet");
  return {};
}

Status CheckParties(const Claims& claims, const VerifyOptions& options) {
  if (!options.issuer.empty() && claims.issuer() != options.issuer)
    return Refuse(kReasonClaims, "iss is another");
  if (!options.subject.empty() && claims.subject() != options.subject)
    return Refuse(kReasonClaims, "sub is another");
  if (!options.audience.empty()) {
    const auto audience = claims.audience();
    if (std::find(audience.begin(), audience.end(), options.audience) == audience.end())
      return Refuse(kReasonClaims, "aud is another");
  }
  return {};
}

Result<Algorithm> ChooseAlgorithm(const Struct& header, const VerifyOptions& options) {
  // An extension that must be understood (RFC 7515, 4.1.11); none is.
  if (Find(header, "crit") != nullptr) return Refuse(kReasonMalformed, "the header has crit");
  const Value* name = Find(header, "alg");
  const auto algorithm = ParseAlgorithm(name == nullptr ? "" : name->string_value());
  if (!algorithm || std::find(options.algorithms.begin(), options.algorithms.end(), *algorithm) ==
                        options.algorithms.end())
    return Refuse(kReasonAlgorithm, "the algorithm is not allowed");
  return *algorithm;
}

Status CheckSignature(const Parts& parts, const Struct& header, Algorithm algorithm,
                      KeySource& keys) {
  const auto signature = DecodeBase64Url(parts.signature);
  if (!signature) return Refuse(kReasonMalformed, "the signature is not base64url");
  const Value* id = Find(header, "kid");
  bool tried = false;
  for (const Key& key : keys.Find(id == nullptr ? "" : id->string_value())) {
    if (!key.Fits(algorithm)) continue;
    tried = true;
    if (IsSignature(key, algorithm, parts.signed_text, *signature)) return {};
  }
  return tried ? Refuse(kReasonSignature, "the signature is wrong")
               : Refuse(kReasonNoKey, "there is no key for the token");
}

}  // namespace

const std::string& Claims::Text(std::string_view name) const {
  static const std::string empty;
  const Value* value = Find(fields_, name);
  return value == nullptr ? empty : value->string_value();
}

std::optional<double> Claims::Number(std::string_view name) const {
  const Value* value = Find(fields_, name);
  if (value == nullptr || value->kind_case() != Value::kNumberValue) return std::nullopt;
  return value->number_value();
}

std::vector<std::string> Claims::Texts(std::string_view name) const {
  std::vector<std::string> texts;
  const Value* value = Find(fields_, name);
  if (value == nullptr) return texts;
  if (value->kind_case() == Value::kStringValue) texts.push_back(value->string_value());
  for (const Value& entry : value->list_value().values()) {
    if (entry.kind_case() == Value::kStringValue) texts.push_back(entry.string_value());
  }
  return texts;
}

Result<Claims> Verify(std::string_view token, KeySource& keys, const VerifyOptions& options) {
  if (token.size() > options.max_bytes) return Refuse(kReasonMalformed, "the token is too long");
  const Parts parts = Split(token);
  if (parts.signed_text.empty()) return Refuse(kReasonMalformed, "the token has not three parts");
  const auto header = ReadObject(parts.header, "the header");
  if (!header.ok()) return header.status();
  const auto algorithm = ChooseAlgorithm(*header, options);
  if (!algorithm.ok()) return algorithm.status();
  if (Status status = CheckSignature(parts, *header, *algorithm, keys); !status.ok()) return status;
  auto fields = ReadObject(parts.claims, "the claims");
  if (!fields.ok()) return fields.status();
  Claims claims(std::move(*fields));
  if (Status status = CheckTimes(claims, options); !status.ok()) return status;
  if (Status status = CheckParties(claims, options); !status.ok()) return status;
  return claims;
}

Result<std::string> Sign(const Struct& claims, const Key& key, Algorithm algorithm,
                         const Struct& header) {
  Struct full;
  (*full.mutable_fields())["typ"].set_string_value("JWT");
  if (!key.id().empty()) (*full.mutable_fields())["kid"].set_string_value(key.id());
  for (const auto& [name, value] : header.fields()) (*full.mutable_fields())[name] = value;
  (*full.mutable_fields())["alg"].set_string_value(std::string(ToString(algorithm)));
  std::string header_text;
  std::string claims_text;
  if (json::Encode(full, {}, &header_text) || json::Encode(claims, {}, &claims_text))
    return InternalServer("TOKEN_SIGNING", "header or claims cannot be written as JSON");
  std::string token = EncodeBase64Url(header_text) + '.' + EncodeBase64Url(claims_text);
  const auto signature = MakeSignature(key, algorithm, token);
  if (!signature) return InternalServer("TOKEN_SIGNING", "the key cannot sign with this algorithm");
  return token + '.' + EncodeBase64Url(*signature);
}

}  // namespace kratos::jwt
