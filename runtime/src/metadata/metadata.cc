#include "kratos/metadata/metadata.h"

#include <algorithm>
#include <utility>

#include "metadata/ascii.h"
#include "metadata/field_syntax.h"
#include "metadata/refill.h"

namespace kratos {

bool internal::EqualsIgnoreCaseOfSameSize(std::string_view a, std::string_view b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && ToLower(a[i]) != ToLower(b[i])) return false;
  }
  return true;
}

bool IsToken(std::string_view name) {
  return !name.empty() && internal::TokenLength(name) == name.size();
}

bool IsFieldValue(std::string_view value) {
  return internal::FieldValueLength(value) == value.size();
}

Metadata::Metadata(std::initializer_list<Entry> entries)
    : entries_(entries), size_(entries.size()) {
  for (const auto& [name, value] : entries) marks_ |= Mark(name);
}

Metadata& Metadata::operator=(const Metadata& other) {
  if (this == &other) return *this;
  Clear();
  for (const auto& [name, value] : other) Add(name, value);
  return *this;
}

Metadata& Metadata::operator=(Metadata&& other) noexcept {
  entries_ = std::move(other.entries_);
  size_ = std::exchange(other.size_, 0);
  marks_ = std::exchange(other.marks_, 0);
  return *this;
}

bool Metadata::operator==(const Metadata& other) const {
  return std::equal(begin(), end(), other.begin(), other.end());
}

const std::string* Metadata::FindEntry(std::string_view name) const {
  for (const auto& entry : *this) {
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
  ForEachValue(name, [&values](std::string_view value) { values.push_back(value); });
  return values;
}

std::size_t Metadata::Count(std::string_view name) const {
  std::size_t count = 0;
  ForEachValue(name, [&count](std::string_view) { ++count; });
  return count;
}

std::vector<std::string_view> Metadata::Names() const {
  std::vector<std::string_view> names;
  for (const auto& entry : *this) {
    const bool seen = std::any_of(names.begin(), names.end(), [&](std::string_view name) {
      return EqualsIgnoreCase(name, entry.first);
    });
    if (!seen) names.push_back(entry.first);
  }
  return names;
}

void Metadata::Set(std::string_view name, std::string_view value) {
  if (!Has(name)) return Add(name, value);
  // Copied first: the arguments may point into the entries that go away.
  const Entry entry{std::string(name), std::string(value)};
  Remove(entry.first);
  Add(entry.first, entry.second);
}

void Metadata::Add(std::string_view name, std::string_view value) {
  if (name.empty()) return;
  if (size_ == entries_.size()) {
    entries_.emplace_back(std::string(name), std::string(value));
  } else {
    // Nobody sees these, so neither text can be part of them.
    internal::Refill(name, &entries_[size_].first);
    internal::Refill(value, &entries_[size_].second);
  }
  ++size_;
  marks_ |= Mark(name);
}

void Metadata::Remove(std::string_view name) {
  if (!Has(name)) return;
  const std::string copy(name);  // `name` may point into the entries that move.
  std::size_t kept = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    if (EqualsIgnoreCase(entries_[i].first, copy)) continue;
    if (kept != i) std::swap(entries_[kept], entries_[i]);
    ++kept;
  }
  size_ = kept;
}

}  // namespace kratos
