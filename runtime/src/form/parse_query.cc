#include <string>

#include "kratos/errors/errors.h"
#include "kratos/form/form.h"
#include "kratos/json/internal/text.h"
#include "kratos/route/percent.h"

namespace kratos::form {
namespace {

Status Decode(std::string_view raw, std::string_view what, std::string* out) {
  switch (route::DecodeQueryComponent(raw, out)) {
    case route::DecodeError::kNone:
      return Status();
    case route::DecodeError::kBadEscape:
      return BadRequest(kReasonCodec, std::string(what) + " \"" + json::internal::Excerpt(raw) +
                                          "\": '%' is not followed by two hexadecimal digits");
    case route::DecodeError::kInvalidUtf8:
      // The raw text is not quoted: it may be what is not UTF-8.
      return BadRequest(kReasonCodec, std::string(what) + ": not valid UTF-8");
  }
  return Status();
}

}  // namespace

Result<std::vector<Pair>> ParseQuery(std::string_view query, std::size_t max_pairs) {
  std::vector<Pair> pairs;
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
    Pair pair;
    if (Status status = Decode(item.substr(0, equals), "parameter name", &pair.first);
        !status.ok()) {
      return status;
    }
    if (equals != std::string_view::npos) {
      const std::string what = json::internal::Excerpt(pair.first) + ": value";
      if (Status status = Decode(item.substr(equals + 1), what, &pair.second); !status.ok()) {
        return status;
      }
    }
    pairs.push_back(std::move(pair));
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
