// Strings that hold one text after the other.
#pragma once

#include <string>
#include <string_view>

namespace kratos::internal {

/// As assign, but half the work where `to` has the room: assign provides for a text that is part of
/// `to` itself, which this must not be.
inline void Refill(std::string_view text, std::string* to) {
  to->clear();
  to->append(text);
}

}  // namespace kratos::internal
