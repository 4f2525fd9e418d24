#include "unit/form/random_message.h"
#include "unit/form/support.h"

namespace kratos::form::test {
namespace {

/// The one kind of key that a query cannot carry (docs/reference/query-binding.md).
bool HasBadKey(const Everything& message) {
  for (const auto& [key, value] : message.leaves()) {
    if (key.find("].") != std::string::npos) return true;
  }
  for (const auto& [key, value] : message.times()) {
    if (key.find("].") != std::string::npos) return true;
  }
  for (const auto& [key, value] : message.values()) {
    if (key.find("].") != std::string::npos) return true;
  }
  return false;
}

TEST_CASE("ToPairs, FormatQuery, ParseQuery and Bind give the message back") {
  int carried = 0;
  for (unsigned seed = 0; seed < 2000; ++seed) {
    INFO("seed " << seed);
    Everything message;
    RandomFiller(seed).Fill(&message);
    const auto pairs = ToPairs(message);
    INFO(ToText(message));
    INFO(pairs.status().message());
    if (HasBadKey(message)) {
      CHECK_FALSE(pairs.ok());
      continue;
    }
    REQUIRE(pairs.ok());
    ++carried;
    CHECK(std::is_sorted(pairs->begin(), pairs->end(),
                         [](const Pair& a, const Pair& b) { return a.first < b.first; }));
    const std::string query = FormatQuery(*pairs);
    const auto parsed = ParseQuery(query, 100'000);
    REQUIRE(parsed.ok());
    CHECK(*parsed == *pairs);
    Everything back;
    const Status status = Bind(*parsed, {}, &back);
    INFO(query);
    INFO(status.message());
    REQUIRE(status.ok());
    REQUIRE(google::protobuf::util::MessageDifferencer::Equals(message, back));
  }
  CHECK(carried > 1900);
}

}  // namespace
}  // namespace kratos::form::test
