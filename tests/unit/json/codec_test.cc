// A registered codec serves its compiled-in type wherever it appears, and nothing else.
#include "kratos/json/internal/codec.h"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <google/protobuf/dynamic_message.h>

#include "json/decoder.h"
#include "json/encoder.h"
#include "json_test.pb.h"
#include "support.h"
#include "support/catch.h"

namespace kratos::json::internal {
namespace {

using google::protobuf::Message;
using json::test::Everything;
using json::test::Item;
using json::test::Print;
using json::test::Summary;

// Writes an Item as its bare name and reads it from one.
constexpr MessageCodec kNameOnly = {
    [](const Message& message, Encoder& encoder) {
      const auto& item = static_cast<const Item&>(message);
      if (item.name() == "forbidden") return encoder.Fail("forbidden");
      return encoder.WriteString(item.name());
    },
    [](Decoder& decoder, Message* message) {
      const std::size_t offset = decoder.scanner().Offset();
      std::string_view name;
      if (!decoder.scanner().ReadString(&name)) return false;
      if (name == "forbidden") {
        return decoder.scanner().Fail(ErrorCode::kBadValue, offset, "forbidden");
      }
      static_cast<Item*>(message)->set_name(std::string(name));
      return true;
    },
};

struct Registration {
  Registration() { RegisterMessageCodec("kratos.json.test.Item", &kNameOnly); }
  ~Registration() { RegisterMessageCodec("kratos.json.test.Item", nullptr); }
};

TEST_CASE("a registered codec is used in every position") {
  const std::string text =
      R"({"anItem":"a","items":["b","c"],"itemMap":{"k":"d"},"choiceItem":"e"})";
  Everything message;
  {
    const Registration registration;
    REQUIRE(Summary(Decode(text, {}, &message)).empty());
    CHECK(message.an_item().name() == "a");
    CHECK(message.items(1).name() == "c");
    CHECK(message.item_map().at("k").name() == "d");
    CHECK(message.choice_item().name() == "e");
    CHECK(Print(message) == text);
    Item item;
    REQUIRE_FALSE(Decode(R"("x")", {}, &item));
    CHECK(Print(item) == R"("x")");
  }
  // And no longer, once it is gone.
  CHECK(Print(message.an_item()) == R"({"name":"a"})");
  CHECK(Summary(Decode(text, {}, &message)) == "an_item wrong-type");
}

TEST_CASE("errors of a codec carry the path to it") {
  const Registration registration;
  Everything message;
  const auto error = Decode(R"({"items":["ok","forbidden"]})", {}, &message);
  CHECK(Summary(error) == "items[1] bad-value");
  CHECK(error->offset == 15);
  message.Clear();
  (*message.mutable_item_map())["k"].set_name("forbidden");
  std::string out;
  CHECK(Summary(Encode(message, {}, &out)) == R"(item_map["k"] unencodable)");
}

TEST_CASE("a dynamic message of the same type is left to reflection") {
  const Registration registration;
  google::protobuf::DynamicMessageFactory factory;
  const std::unique_ptr<Message> item(factory.GetPrototype(Item::descriptor())->New());
  REQUIRE_FALSE(Decode(R"({"name":"x"})", {}, item.get()));
  CHECK(Print(*item) == R"({"name":"x"})");
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
}  // namespace kratos::json::internal
