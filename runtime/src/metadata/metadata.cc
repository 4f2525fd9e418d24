#include "kratos/metadata/metadata.h"

#include <algorithm>

#include "metadata/ascii.h"

namespace kratos {

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return internal::ToLower(x) == internal::ToLower(y); });
}

bool IsToken(std::string_view name) {
  constexpr std::string_view kPunctuation = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kPunctuation.find(c) != std::string_view::npos;
  });
}

bool IsFieldValue(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\t';
  });
}

const std::string* Metadata::Find(std::string_view name) const {
  for (const auto& entry : entries_) {
    if (EqualsIgnoreCase(entry.first, name)) return &entry.second;
  }
  return nullptr;
}

std::string_view Metadata::Get(std::string_view name) const {
  const std::string* value = Find(name);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

std::vector<std::string_view> Metadata::Values(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& entry : entries_) {
    if (EqualsIgnoreCase(entry.first, name)) values.push_back(entry.second);
  }
  return values;
}

std::vector<std::string_view> Metadata::Names() const {
  std::vector<std::string_view> names;
  for (const auto& entry : entries_) {
    const bool seen = std::any_of(names.begin(), names.end(), [&](std::string_view name) {
      return EqualsIgnoreCase(name, entry.first);
    });
    if (!seen) names.push_back(entry.first);
  }
  return names;
}

void Metadata::Set(std::string_view name, std::string_view value) {
  if (name.empty()) return;
  // Copied first: the arguments may point into the entries that go away.
  Entry entry{std::string(name), std::string(value)};
  Remove(entry.first);
  entries_.push_back(std::move(entry));
}

void Metadata::Add(std::string_view name, std::string_view value) {
  if (!name.empty()) entries_.emplace_back(std::string(name), std::string(value));
}

void Metadata::Remove(std::string_view name) {
  const std::string copy(name);  // `name` may point into the entries that move.
  std::erase_if(entries_, [&](const Entry& entry) { return EqualsIgnoreCase(entry.first, copy); });
}

}  // namespace kratos
