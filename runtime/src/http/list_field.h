// Header fields that are comma-separated lists (RFC 9110, 5.6.1).
#pragma once

#include <algorithm>
#include <string_view>

#include "codec/media_range.h"
#include "kratos/metadata/metadata.h"
#include "metadata/ascii.h"

namespace kratos::http {

/// Calls `visit` with every element of `list` that is not empty, without the blanks around it.
/// Commas between double quotes separate nothing.
template <class Visit>
void ForEachElement(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const std::size_t length = codec::internal::ElementLength(list);
    const std::string_view element = kratos::internal::Trim(list.substr(0, length));
    list.remove_prefix(std::min(length + 1, list.size()));
    if (!element.empty()) visit(element);
  }
}

/// The same over all fields called `name`.
template <class Visit>
void ForEachElement(const Metadata& headers, std::string_view name, Visit visit) {
  headers.ForEachValue(name, [&](std::string_view field) { ForEachElement(field, visit); });
}

}  // namespace kratos::http
