#include "kratos/metadata/metadata.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#include "metadata/ascii.h"

namespace kratos {

namespace {

// By byte: which kinds of characters it is.
constexpr unsigned char kTokenChar = 1;
constexpr unsigned char kValueChar = 2;

constexpr std::array<unsigned char, 256> MakeKinds() {
  std::array<unsigned char, 256> kinds{};
  constexpr std::string_view kPunctuation = "!#$%&'*+-.^_`|~";
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const char c = static_cast<char>(i);
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter || (c >= '0' && c <= '9') || kPunctuation.find(c) != std::string_view::npos)
      kinds[i] |= kTokenChar;
    if ((i >= 0x20 && i != 0x7f) || c == '\t') kinds[i] |= kValueChar;
  }
  return kinds;
}
constexpr auto kKinds = MakeKinds();

bool AllAre(unsigned char kind, std::string_view text) {
  unsigned char common = kind;
  for (const char c : text) common &= kKinds[static_cast<unsigned char>(c)];
  return common != 0;
}

}  // namespace

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && internal::ToLower(a[i]) != internal::ToLower(b[i])) return false;
  }
  return true;
}

bool IsToken(std::string_view name) { return !name.empty() && AllAre(kTokenChar, name); }

bool IsFieldValue(std::string_view value) {
  // Eight bytes at a time: is any below 0x20 or 0x7f? Then the table looks closer, for TABs.
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHigh = 0x8080808080808080;
  while (value.size() >= sizeof(std::uint64_t)) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, value.data(), sizeof bytes);
    const std::uint64_t below = (bytes - kOnes * 0x20) & ~bytes;
    const std::uint64_t delete_or_not = bytes ^ (kOnes * 0x7f);
    const std::uint64_t is_delete = (delete_or_not - kOnes) & ~delete_or_not;
    if (((below | is_delete) & kHigh) != 0 && !AllAre(kValueChar, value.substr(0, sizeof bytes)))
      return false;
    value.remove_prefix(sizeof bytes);
  }
  return AllAre(kValueChar, value);
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
    entries_[size_].first.assign(name);
    entries_[size_].second.assign(value);
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
