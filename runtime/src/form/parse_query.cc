#include <algorithm>
#include <string>

#include "kratos/errors/errors.h"
#include "kratos/form/form.h"
#include "kratos/json/internal/text.h"
#include "kratos/route/percent.h"

namespace kratos::form {
namespace {

Error Fault(route::DecodeError error, const std::string& what, std::string_view raw) {
  // What is not UTF-8 is not quoted.
  return BadRequest(kReasonCodec, error == route::DecodeError::kInvalidUtf8
                                      ? what + ": not valid UTF-8"
                                      : what + " \"" + json::internal::Excerpt(raw) +
                                            "\": '%' is not followed by two hexadecimal digits");
}

}  // namespace

Result<std::vector<Pair>> ParseQuery(std::string_view query, std::size_t max_pairs) {
  std::vector<Pair> pairs;
  if (query.empty()) return pairs;
  const auto separators = std::count(query.begin(), query.end(), '&');
  pairs.reserve(std::min(max_pairs, static_cast<std::size_t>(separators) + 1));
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view item = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    if (item.empty()) continue;  // "a=1&&b=2"
    if (pairs.size() == max_pairs) {
      return BadRequest(kReasonCodec,
                        "more than " + std::to_string(max_pairs) + " query parameters");
    }
    const std::size_t equals = item.find('=');
    auto& [name, value] = pairs.emplace_back();
    const std::string_view raw_name = item.substr(0, equals);
    if (const auto error = route::DecodeQueryComponent(raw_name, &name);
        error != route::DecodeError::kNone) {
      return Fault(error, "parameter name", raw_name);
    }
    if (equals == std::string_view::npos) continue;
    const std::string_view raw_value = item.substr(equals + 1);
    if (const auto error = route::DecodeQueryComponent(raw_value, &value);
        error != route::DecodeError::kNone) {
      return Fault(error, json::internal::Excerpt(name) + ": value", raw_value);
    }
  }
  return pairs;
}

std::string FormatQuery(const std::vector<Pair>& pairs) {
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    route::AppendQueryComponent(name, &out);
    out += '=';
    route::AppendQueryComponent(value, &out);
  }
  return out;
}

}  // namespace kratos::form
