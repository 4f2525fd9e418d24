#include "app/instance_id.h"

#include <fmt/format.h>

#include <cstdint>
#include <random>

namespace kratos {

std::string NewInstanceId() {
  std::random_device device;
  const auto draw = [&] { return std::uint64_t{device()} << 32 | std::uint32_t{device()}; };
  const std::uint64_t high = (draw() & ~0xf000ULL) | 0x4000ULL;             // Version 4.
  const std::uint64_t low = (draw() & ~(0b11ULL << 62)) | (0b10ULL << 62);  // RFC 9562's variant.
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, high >> 16 & 0xffff,
                     high & 0xffff, low >> 48, low & 0xffff'ffff'ffff);
}

}  // namespace kratos
