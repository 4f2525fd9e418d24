// Registered accessors serve their compiled-in type, where they fit its descriptor, and nothing
// else.
#include "kratos/json/access.h"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <google/protobuf/dynamic_message.h>

#include "json_test.pb.h"
#include "support.h"
#include "support/catch.h"

namespace kratos::json {
namespace {

using google::protobuf::Message;
using test::Everything;
using test::Print;
using test::Probe;
using test::Summary;

// Accessors that tell on themselves: what they give is not what the message holds.
constexpr FieldAccess LyingNumber() {
  FieldAccess access = Field<&Probe::number, &Probe::set_number>(1);
  access.get.as_int32 = [](const Message&, std::int32_t* value) {
    *value = 42;
    return true;
  };
  return access;
}

constexpr FieldAccess kProbe[] = {
    LyingNumber(),
    // Made for another descriptor: a number where there is a text, no presence where there is, a
    // singular field where there is a list, and a field that is gone.
    Field<&Probe::number, &Probe::set_number>(2),
    Field<&Probe::maybe, &Probe::set_maybe>(3),
    Field<&Probe::number, &Probe::set_number>(4),
    Field<&Probe::number, &Probe::set_number>(99),
};
constexpr MessageAccess kTypes[] = {{"kratos.json.test.Probe", kProbe}};
const AccessRegistration kRegistration(kTypes);

constexpr FieldAccess kOther[] = {Field<&Probe::number, &Probe::set_number>(1)};
constexpr MessageAccess kOtherTypes[] = {{"kratos.json.test.Unknown", kOther}};
const AccessRegistration kOtherRegistration(kOtherTypes);

Probe MakeProbe() {
  Probe probe;
  probe.set_number(1);
  probe.set_text("t");
  probe.set_maybe(3);
  probe.add_list(4);
  return probe;
}

TEST_CASE("accessors are used where they fit, reflection elsewhere") {
  CHECK(Print(MakeProbe()) == R"({"number":42,"text":"t","maybe":3,"list":[4]})");
  Probe probe;
  REQUIRE(Summary(Decode(R"({"number":1,"text":"t","maybe":3,"list":[4]})", {}, &probe)).empty());
  CHECK(probe.number() == 1);
  CHECK(probe.text() == "t");
  CHECK(probe.maybe() == 3);
  CHECK(probe.list(0) == 4);
}

TEST_CASE("accessors are used for one field alone too") {
  std::string out;
  REQUIRE_FALSE(
      EncodeField(MakeProbe(), *Probe::descriptor()->FindFieldByName("number"), {}, &out));
  CHECK(out == "42");
}

TEST_CASE("a dynamic message of the same type is left to reflection") {
  google::protobuf::DynamicMessageFactory factory;
  const std::unique_ptr<Message> probe(factory.GetPrototype(Probe::descriptor())->New());
  REQUIRE_FALSE(Decode(R"({"number":7})", {}, probe.get()));
  CHECK(Print(*probe) == R"({"number":7})");
}

TEST_CASE("many threads at once") {
  std::atomic<int> wrong{0};
  const std::string text =
      R"({"scalars":{"aBool":true},"items":[{"name":"x"}],"anAny":{"@type":"x/kratos.json.test.Node","leaf":1}})";
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        Everything message;
        if (Decode(text, {}, &message) || Print(message) != text) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
}

}  // namespace
}  // namespace kratos::json
