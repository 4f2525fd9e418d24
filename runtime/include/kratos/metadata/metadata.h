// Header fields and call metadata: a small multi-map whose names compare without case.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kratos {

/// Ordered (name, value) pairs; a name may occur several times. Names compare without case (RFC
/// 9110, 5.1) and keep the spelling they came with. A value type; not synchronised. Clear and
/// Remove keep the memory for what is added next.
class Metadata {
 public:
  using Entry = std::pair<std::string, std::string>;
  using const_iterator = std::vector<Entry>::const_iterator;

  Metadata() = default;
  Metadata(std::initializer_list<Entry> entries);
  Metadata(const Metadata& other)
      : entries_(other.begin(), other.end()), size_(other.size_), marks_(other.marks_) {}
  Metadata(Metadata&& other) noexcept
      : entries_(std::move(other.entries_)),
        size_(std::exchange(other.size_, 0)),
        marks_(std::exchange(other.marks_, 0)) {}
  Metadata& operator=(const Metadata& other);
  Metadata& operator=(Metadata&& other) noexcept;
  ~Metadata() = default;

  /// The first value under `name`, or an empty view. Valid until the next change.
  std::string_view Get(std::string_view name) const;
  bool Has(std::string_view name) const { return Find(name) != nullptr; }
  /// The first value under `name`, or null.
  const std::string* Find(std::string_view name) const {
    return MayHave(name) ? FindEntry(name) : nullptr;
  }
  /// All values under `name`, in order.
  std::vector<std::string_view> Values(std::string_view name) const;
  /// Calls `take` with each of them; allocates nothing.
  template <class Take>
  void ForEachValue(std::string_view name, Take&& take) const;
  /// How many there are.
  std::size_t Count(std::string_view name) const;
  /// Distinct names in order of first appearance.
  std::vector<std::string_view> Names() const;

  /// Replaces every value under `name`. An empty name is ignored.
  void Set(std::string_view name, std::string_view value);
  /// Adds a value. An empty name is ignored.
  void Add(std::string_view name, std::string_view value);
  void Remove(std::string_view name);
  void Clear() {
    size_ = 0;
    marks_ = 0;
  }

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  const_iterator begin() const { return entries_.begin(); }
  const_iterator end() const { return begin() + static_cast<std::ptrdiff_t>(size_); }

  bool operator==(const Metadata& other) const;

 private:
  // One of 64 bits that a name sets, in any case of letters. Most names that are looked for are not
  // there, and then this says so.
  static std::uint64_t Mark(std::string_view name) {
    const auto first = name.empty() ? 0u : static_cast<unsigned char>(name.front()) | 0x20u;
    return std::uint64_t{1} << ((name.size() * 7 + first) % 64);
  }
  bool MayHave(std::string_view name) const { return (marks_ & Mark(name)) != 0; }
  const std::string* FindEntry(std::string_view name) const;

  // Those from size_ on are there for their memory.
  std::vector<Entry> entries_;
  std::size_t size_ = 0;
  std::uint64_t marks_ = 0;  // Of all names since Clear.
};

namespace internal {
bool EqualsIgnoreCaseOfSameSize(std::string_view a, std::string_view b);
}  // namespace internal

/// ASCII comparison without case, as for header field names.
inline bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && internal::EqualsIgnoreCaseOfSameSize(a, b);
}

/// True when `name` is a token (RFC 9110, 5.6.2), which every field name and method is.
bool IsToken(std::string_view name);

/// True when `value` can stand in a header field: no CR, LF, NUL or other control character but TAB
/// (RFC 9110, 5.5).
bool IsFieldValue(std::string_view value);

template <class Take>
void Metadata::ForEachValue(std::string_view name, Take&& take) const {
  if (!MayHave(name)) return;
  for (const auto& [each, value] : *this) {
    if (EqualsIgnoreCase(each, name)) take(std::string_view(value));
  }
}

}  // namespace kratos
