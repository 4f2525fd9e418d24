// The origins a server shares with (RFC 6454, 6.2).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kratos/errors/status.h"

namespace kratos::http {

/// A list of origins and patterns. Immutable; reading it is thread-safe.
class OriginList {
 public:
  /// Fails with 500 BAD_OPTIONS for an entry that can match no Origin field.
  static kratos::Result<OriginList> Create(const std::vector<std::string>& entries);

  /// The list has "*".
  bool any() const { return any_; }
  /// True when `origin`, the value of an Origin field, is in the list or fits a pattern of it.
  bool Contains(std::string_view origin) const;

 private:
  struct Entry {
    /// The whole origin, or with `wildcard` what stands before and after the "*", in lower case.
    std::string before;
    std::string after;
    bool wildcard = false;
  };
  bool any_ = false;
  std::vector<Entry> entries_;
};

}  // namespace kratos::http
