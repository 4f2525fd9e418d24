#include "http/compression/accept_encoding.h"

#include <array>
#include <cstddef>
#include <optional>

#include "codec/quality.h"
#include "http/list_field.h"

namespace kratos::http {

namespace {

constexpr std::string_view kField = "Accept-Encoding";

struct Wish {
  std::string_view coding;
  int quality = 1000;
};

// `gzip`, `gzip;q=0.5`, blanks around ';'. Nothing when the weight is malformed.
std::optional<Wish> ParseWish(std::string_view element) {
  Wish wish;
  const auto semicolon = element.find(';');
  wish.coding = kratos::internal::Trim(element.substr(0, semicolon));
  if (!IsToken(wish.coding)) return std::nullopt;
  if (semicolon == std::string_view::npos) return wish;
  const std::string_view weight = kratos::internal::Trim(element.substr(semicolon + 1));
  if (weight.size() < 2 || (weight[0] != 'q' && weight[0] != 'Q') || weight[1] != '=')
    return std::nullopt;
  const auto quality = codec::internal::ParseQuality(weight.substr(2));
  if (!quality) return std::nullopt;
  wish.quality = *quality;
  return wish;
}

}  // namespace

CodingChoice ChooseCoding(const Metadata& request_header, const std::vector<Coding>& offered) {
  if (!request_header.Has(kField)) return {};
  // The first mention counts; "*" is for what is not mentioned.
  std::array<std::optional<int>, kCodingCount> named;
  std::optional<int> any;
  ForEachElement(request_header, kField, [&](std::string_view element) {
    const auto wish = ParseWish(element);
    if (!wish) return;
    const auto coding = FindCoding(wish->coding);
    if (!coding && wish->coding != "*") return;
    auto& quality = coding ? named[static_cast<std::size_t>(*coding)] : any;
    if (!quality) quality = wish->quality;
  });
  const auto quality_of = [&](Coding coding) {
    const auto& quality = named[static_cast<std::size_t>(coding)];
    return quality ? quality : any;
  };
  const std::optional<int> identity = quality_of(Coding::kIdentity);
  CodingChoice choice;
  choice.identity_refused = identity == 0;
  int best = 0;
  for (const Coding coding : offered) {
    const int quality = quality_of(coding).value_or(0);
    if (quality <= best) continue;
    best = quality;
    choice.coding = coding;
  }
  if (identity.value_or(0) > best) choice.coding = Coding::kIdentity;
  return choice;
}

}  // namespace kratos::http
