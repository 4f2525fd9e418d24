#include "fiber/free_list.h"

#include <exception>
#include <memory>
#include <thread>
#include <utility>

#include "support/catch.h"

namespace kratos::fiber {
namespace {

struct Thing {
  int value = 0;
};
using Things = FreeList<Thing, 2>;

TEST_CASE("free list: what was given back comes again, on its own thread, up to a number") {
  auto first = Things::Take();
  first->value = 1;
  Thing* const address = first.get();
  Things::Give(std::move(first));
  std::thread([address] {
    auto other = Things::Take();
    if (other.get() == address || other->value != 0) std::terminate();
    Things::Give(std::move(other));
  }).join();
  auto again = Things::Take();
  CHECK(again.get() == address);
  CHECK(again->value == 1);
  auto second = Things::Take();
  auto third = Things::Take();
  second->value = 2;
  third->value = 3;
  Things::Give(std::move(again));
  Things::Give(std::move(second));
  Things::Give(std::move(third));  // One too many.
  CHECK(Things::Take()->value == 2);
  CHECK(Things::Take()->value == 1);
  CHECK(Things::Take()->value == 0);
}

// Ends after the main thread's own variables.
struct Late {
  std::unique_ptr<Thing> thing;
  ~Late() {
    Things::Give(std::move(thing));
    if (Things::Take()->value != 0) std::terminate();
  }
};

TEST_CASE("free list: it is of no use any more, and does no harm, at the end of the program") {
  static Late late;
  late.thing = Things::Take();
  late.thing->value = 4;
}

}  // namespace
}  // namespace kratos::fiber
