#include "model/accessors.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "names/cpp_names.h"

namespace kratos::plugin {
namespace {

// What protoc puts around a name, for any kind of field.
constexpr std::string_view kPrefixes[] = {"has_",
                                          "set_",
                                          "mutable_",
                                          "clear_",
                                          "add_",
                                          "release_",
                                          "set_allocated_",
                                          "unsafe_arena_set_allocated_",
                                          "unsafe_arena_release_",
                                          "_internal_"};
constexpr std::string_view kSuffixes[] = {"_size", "_case"};

// Names of members that every message class has, and that some versions of protoc rename fields
// for.
bool IsMessageMember(std::string_view accessor) {
  return accessor == "descriptor" || accessor == "default_instance" ||
         accessor == "internal_default_instance" || accessor == "unknown_fields" ||
         accessor == "mutable_unknown_fields";
}

/// True of at least one of two different names that make the same accessor: of the one that has
/// something of the above around it (x and has_x, x and x_size), of allocated_x (set_allocated_x is
/// one of x as well), of size and of case (has_size is one of `has` as well).
bool LooksLikeAccessor(std::string_view name) {
  constexpr std::string_view kFirstWords[] = {
      "_", "has_", "set_", "mutable_", "clear_", "add_", "release_", "allocated_", "unsafe_"};
  const std::string_view first = name.substr(0, name.find('_') + 1);
  return name.ends_with("size") || name.ends_with("case") ||
         std::find(std::begin(kFirstWords), std::end(kFirstWords), first) != std::end(kFirstWords);
}

}  // namespace

Accessors::Accessors(const google::protobuf::Descriptor& message) {
  for (int i = 0; i < message.field_count(); ++i) {
    names_.push_back(AccessorName(message.field(i)->name()));
  }
  // A synthetic oneof has no accessors of its own.
  for (int i = 0; i < message.real_oneof_decl_count(); ++i) {
    names_.emplace_back(message.oneof_decl(i)->name());
  }
  sorted_.assign(names_.begin(), names_.end());
  std::sort(sorted_.begin(), sorted_.end());
  may_clash_ = std::any_of(sorted_.begin(), sorted_.end(), LooksLikeAccessor) ||
               std::adjacent_find(sorted_.begin(), sorted_.end()) != sorted_.end();
}

bool Accessors::IsUnambiguous(int index) const {
  const std::string& name = names_[static_cast<std::size_t>(index)];
  if (IsMessageMember(name)) return false;
  if (!may_clash_) return true;
  return CountMakers(name) == 1 && CountMakers("has_" + name) == 1 &&
         CountMakers("set_" + name) == 1 && CountMakers("mutable_" + name) == 1;
}

std::size_t Accessors::CountMakers(std::string_view accessor) const {
  const auto count = [this](std::string_view name) {
    const auto [first, last] = std::equal_range(sorted_.begin(), sorted_.end(), name);
    return static_cast<std::size_t>(last - first);
  };
  std::size_t makers = count(accessor);
  for (const std::string_view prefix : kPrefixes) {
    if (accessor.starts_with(prefix)) makers += count(accessor.substr(prefix.size()));
  }
  for (const std::string_view suffix : kSuffixes) {
    if (accessor.ends_with(suffix)) {
      makers += count(accessor.substr(0, accessor.size() - suffix.size()));
    }
  }
  return makers;
}

}  // namespace kratos::plugin
