#include "http/compression/accept_encoding.h"

#include <optional>

#include "codec/quality.h"
#include "http/list_field.h"

namespace kratos::http {

namespace {

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

CodingChoice ChooseCoding(const std::vector<std::string_view>& fields,
                          const std::vector<Coding>& offered) {
  std::vector<Wish> wishes;
  for (const std::string_view field : fields) {
    ForEachElement(field, [&](std::string_view element) {
      if (const auto wish = ParseWish(element)) wishes.push_back(*wish);
    });
  }
  // The first mention counts; "*" is for what is not mentioned.
  const auto quality_of = [&](Coding coding) -> std::optional<int> {
    std::optional<int> any;
    for (const Wish& wish : wishes) {
      if (FindCoding(wish.coding) == coding) return wish.quality;
      if (wish.coding == "*" && !any) any = wish.quality;
    }
    return any;
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
