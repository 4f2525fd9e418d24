// The codec with generated accessors against the codec by reflection: any difference, be it in what
// is read, in how it is refused or in what is written, is a fault.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include "differential.h"
#include "json_test.pb.h"
#include "json_test_proto2.pb.h"

namespace {

template <typename Message>
void Check(std::string_view input) {
  static const Message prototype;
  static const kratos::json::test::Differential differential(prototype);
  for (const std::string& difference : {differential.Read(input), differential.Parse(input)}) {
    if (difference.empty()) continue;
    std::cerr << Message::descriptor()->full_name() << ": " << difference << '\n';
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Check<kratos::json::test::Everything>(input);
  Check<kratos::json::test::Node>(input);
  Check<kratos::json::test::Small>(input);
  Check<kratos::json::test::Old>(input);
  return 0;
}
