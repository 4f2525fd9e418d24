// Does one operation a number of times, for run.sh to count what it costs.
//
//   cost_program                       names the operations
//   cost_program build                 says what it was built with: others have other costs
//   cost_program allocations           tells for each how often it allocates memory
//   cost_program run OPERATION COUNT   does one, in the function Measured, which callgrind is told
//   of
#include <gnu/libc-version.h>
#include <google/protobuf/stubs/common.h>

#include <atomic>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "operations.h"

namespace {
std::atomic<long> allocations{0};
}  // namespace

// Everything passes through here, operator new included.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);

void* malloc(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_calloc(count, size);
}
void* realloc(void* block, std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_realloc(block, size);
}

[[gnu::noinline]] void Measured(const kratos::cost::Operation& operation, int count) {
  operation.run(count);
}
}

namespace {

constexpr int kWarmUp = 16;

// Of 400 more: what is needed once, or grows with the connection, does not count.
long Allocations(const kratos::cost::Operation& operation) {
  const auto count = [&operation](int times) {
    const long before = allocations;
    Measured(operation, times);
    return allocations - before;
  };
  count(kWarmUp);
  const long few = count(400);
  const long many = count(800);
  return (many - few + 200) / 400;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  const auto operations = kratos::cost::MakeOperations();
  if (arguments.empty()) {
    for (const auto& operation : operations) std::puts(operation.name.c_str());
    return 0;
  }
  if (arguments.size() == 1 && arguments[0] == "build") {
    std::printf("compiler %s,%s, protobuf %d, glibc %s\n", __VERSION__, KRATOS_COST_FLAGS,
                GOOGLE_PROTOBUF_VERSION, gnu_get_libc_version());
    return 0;
  }
  if (arguments.size() == 1 && arguments[0] == "allocations") {
    for (const auto& operation : operations)
      std::printf("%s\t%ld\n", operation.name.c_str(), Allocations(operation));
    return 0;
  }
  if (arguments.size() == 3 && arguments[0] == "run") {
    for (const auto& operation : operations) {
      if (operation.name != arguments[1]) continue;
      operation.run(kWarmUp);
      Measured(operation, std::atoi(argv[3]));
      return 0;
    }
  }
  std::fputs("usage: cost_program [build | allocations | run OPERATION COUNT]\n", stderr);
  return 2;
}
