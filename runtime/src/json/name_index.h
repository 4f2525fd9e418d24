// Names known beforehand, found quickly.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace kratos::json::internal {

/// A map from names, whose characters it does not own, that is filled once. A look-up hashes a few
/// bytes and nearly always compares once: when the table is made, multipliers are tried until no
/// two names share a slot. Names that are asked for cannot make it slow, for they are never put in.
template <typename Value>
class NameIndex {
 public:
  struct Entry {
    std::string_view name;
    Value value{};
  };

  /// Of entries with the same name the first counts.
  explicit NameIndex(const std::vector<Entry>& entries = {}) {
    const std::size_t size = std::bit_ceil(entries.size() * 2 + 1);
    mask_ = size - 1;
    std::vector<Slot> best;
    std::size_t fewest = entries.size() + 1;
    constexpr int kTries = 32;
    for (int i = 0; i < kTries && fewest > 0; ++i) {
      multiplier_ = multiplier_ * 0xD1342543DE82EF95U + 2;  // odd, as it began
      std::size_t shared = 0;
      slots_.assign(size, Slot());
      for (const Entry& entry : entries) shared += Put(entry);
      if (shared >= fewest) continue;
      fewest = shared;
      best = slots_;
      best_multiplier_ = multiplier_;
    }
    slots_ = std::move(best);
    multiplier_ = best_multiplier_;
  }

  /// Null when the name is not known.
  const Value* Find(std::string_view name) const {
    for (std::size_t at = Hash(name) & mask_;; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (!slot.used) return nullptr;
      if (slot.entry.name == name) return &slot.entry.value;
    }
  }

 private:
  struct Slot {
    Entry entry;
    bool used = false;
  };

  // 1 when another name had the slot.
  std::size_t Put(const Entry& entry) {
    const std::size_t first = Hash(entry.name) & mask_;
    for (std::size_t at = first;; at = (at + 1) & mask_) {
      Slot& slot = slots_[at];
      if (slot.used && slot.entry.name != entry.name) continue;
      if (!slot.used) slot = {entry, true};
      return at == first ? 0 : 1;
    }
  }

  std::size_t Hash(std::string_view name) const {
    // The ends of a name: those of one message seldom differ in the middle alone.
    std::uint64_t head = 0;
    std::uint64_t tail = 0;
    const char* const end = name.data() + name.size();
    if (name.size() >= 8) {
      std::memcpy(&head, name.data(), 8);
      std::memcpy(&tail, end - 8, 8);
    } else if (name.size() >= 4) {
      std::memcpy(&head, name.data(), 4);
      std::memcpy(&tail, end - 4, 4);
    } else {
      for (const char c : name) head = head << 8 | static_cast<unsigned char>(c);
    }
    std::uint64_t hash = (head ^ std::rotl(tail, 29) ^ name.size()) * multiplier_;
    hash ^= hash >> 32;
    hash *= multiplier_;
    return static_cast<std::size_t>(hash >> 32);
  }

  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  std::uint64_t multiplier_ = 0x9E3779B97F4A7C15U;
  std::uint64_t best_multiplier_ = multiplier_;
};

}  // namespace kratos::json::internal
