// Names and values that travel with a trace (W3C Baggage).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kratos/metadata/metadata.h"

namespace kratos {
class Context;
}  // namespace kratos

namespace kratos::trace {

/// One member of the baggage.
struct BaggageMember {
  /// A token (RFC 9110, 5.6.2).
  std::string key{};
  /// UTF-8, decoded.
  std::string value{};
  /// ";k=v;k2" as it was sent; opaque.
  std::string properties{};

  bool operator==(const BaggageMember&) const = default;
};

/// The baggage of a call, in order. A value.
class Baggage {
 public:
  /// Reads every `baggage` field. A malformed member is left out; so is what goes beyond 180
  /// members or 8192 bytes. Escapes that are no UTF-8 become U+FFFD.
  static Baggage Extract(const Metadata& header);
  /// Writes one `baggage` field in place of those that are there; none when empty. What goes beyond
  /// 180 members or 8192 bytes is left out.
  void Inject(Metadata* header) const;

  const std::vector<BaggageMember>& members() const { return members_; }
  bool empty() const { return members_.empty(); }
  /// The value of the first member with this key.
  std::optional<std::string_view> Get(std::string_view key) const;
  /// Replaces every member with this key. A key that is no token is ignored.
  void Set(std::string_view key, std::string_view value);
  void Remove(std::string_view key);

  bool operator==(const Baggage&) const = default;

 private:
  std::vector<BaggageMember> members_;
};

/// The baggage of the call, empty if none: what came with the request, or what SetBaggage set here
/// or in an ancestor. The tracing middleware of a client sends it on.
Baggage BaggageOf(const Context& ctx);
void SetBaggage(Context& ctx, Baggage baggage);

}  // namespace kratos::trace
