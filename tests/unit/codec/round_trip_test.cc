#include "unit/codec/support.h"
#include "unit/form/random_message.h"

namespace kratos::codec::test {
namespace {

TEST_CASE("every codec gives random messages back") {
  const Registry registry = Registry::WithDefaults();
  for (const std::string name : {"json", "proto", "xml", "yaml"}) {
    const Codec& codec = *registry.Find(name);
    for (unsigned seed = 0; seed < 500; ++seed) {
      INFO(name << ", seed " << seed);
      Everything message;
      form::test::RandomFiller filler(seed);
      filler.control_characters = name != "xml";
      filler.empty_messages = true;
      filler.Fill(&message);
      EncodeOptions options = Sparse();
      options.proto_names = seed % 2 == 0;
      options.indent = static_cast<int>(seed % 3);
      std::string text;
      const Status encoded = codec.Encode(message, nullptr, options, &text);
      INFO(ToText(message));
      REQUIRE(encoded.ok());
      Everything back;
      const Status decoded = codec.Decode(text, nullptr, {}, &back);
      INFO(text);
      INFO(decoded.message());
      REQUIRE(decoded.ok());
      // A null value is the default, which JSON's null leaves unset.
      REQUIRE(google::protobuf::util::MessageDifferencer::Equals(message, back));
    }
  }
}

}  // namespace
}  // namespace kratos::codec::test
