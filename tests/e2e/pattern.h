// Bytes to send, and a way to know them again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace e2e {

/// Bytes that differ everywhere, the same for the same size.
std::string Pattern(std::size_t size);

inline constexpr std::uint64_t kFnvStart = 14695981039346656037u;
/// The hash of what came before, in `start`, and `bytes`.
std::uint64_t Fnv1a(std::string_view bytes, std::uint64_t start = kFnvStart);

}  // namespace e2e
