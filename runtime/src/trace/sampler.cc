#include "kratos/trace/sampler.h"

#include <cstdint>
#include <utility>

namespace kratos::trace {

Sampler AlwaysSample() {
  return [](const SamplerInput&) { return true; };
}

Sampler NeverSample() {
  return [](const SamplerInput&) { return false; };
}

Sampler SampleRatio(double ratio) {
  if (ratio >= 1) return AlwaysSample();
  if (!(ratio > 0)) return NeverSample();  // Not a number, too.
  // The last 63 bits of the id, as a number, lie below this.
  const auto bound =
      static_cast<std::uint64_t>(ratio * static_cast<double>(std::uint64_t{1} << 63));
  return [bound](const SamplerInput& input) {
    std::uint64_t number = 0;
    for (std::size_t i = 8; i < 16; ++i) number = number << 8 | input.trace_id.bytes[i];
    return number >> 1 < bound;
  };
}

Sampler ParentBased(Sampler root) {
  return [root = std::move(root)](const SamplerInput& input) {
    return input.parent.valid() ? input.parent.sampled : root(input);
  };
}

}  // namespace kratos::trace
