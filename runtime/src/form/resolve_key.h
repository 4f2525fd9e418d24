// The grammar of a pair's name: `sub.list[0].map[key].field`, read along the message's descriptor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

#include "kratos/form/form.h"

namespace kratos::form::internal {

/// One field on the way, and which of its values.
struct Step {
  enum class Which : std::uint8_t {
    kOnly,      ///< a singular field's
    kAppended,  ///< a list's next: `f`, `f[]`
    kIndexed,   ///< a list's element: `f[3]`
    kKeyed,     ///< a map's entry: `f[key]`, `f.key`
  };

  const google::protobuf::FieldDescriptor* field = nullptr;
  Which which = Which::kOnly;
  std::size_t index = 0;
  /// As given, not yet of the key's type.
  std::string key;
};

using Steps = std::pmr::vector<Step>;

/// What a name means.
struct ResolvedKey {
  enum class Meaning : std::uint8_t {
    kValue,           ///< `steps` lead to something that takes a text
    kUnknown,         ///< a component is no field
    kBoundElsewhere,  ///< a field of BindOptions::bound_elsewhere, or something inside one
  };

  Meaning meaning = Meaning::kUnknown;
  Steps steps;
};

/// "sub.list[0].map[key]", in proto names; the first `count` steps of it.
std::string DescribeSteps(const Steps& steps, std::size_t count);

/// Reads `key` from `descriptor` on. The steps are kept in `memory`. Fails with 400 CODEC for a
/// name that begins well and goes on wrong.
Result<ResolvedKey> ResolveKey(const google::protobuf::Descriptor& descriptor, std::string_view key,
                               const BindOptions& options, std::pmr::memory_resource* memory);

}  // namespace kratos::form::internal
