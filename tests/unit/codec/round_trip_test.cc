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

/// As many levels as are read: `levels` of a Struct or the like, or of messages, lists and maps.
std::vector<std::pair<std::string, Everything>> Deepest() {
  std::vector<std::pair<std::string, Everything>> rows;
  const auto add = [&rows](const char* name) -> Everything& {
    return rows.emplace_back(name, Everything()).second;
  };
  Leaf* leaf = add("messages").mutable_sub();
  for (int level = 2; level < 100; ++level) leaf = leaf->mutable_next();
  leaf->set_name("x");
  leaf = add("lists of messages").add_items();
  for (int level = 3; level < 99; level += 2) leaf = leaf->add_children();
  leaf->add_tags("x");
  leaf = &(*add("a map of messages").mutable_leaves())["k"];
  for (int level = 3; level < 99; ++level) leaf = leaf->mutable_next();
  (*leaf->mutable_labels())["k"] = "x";
  google::protobuf::ListValue* list = add("lists").mutable_list();
  for (int level = 2; level < 100; ++level) list = list->add_values()->mutable_list_value();
  google::protobuf::Struct* shape = add("a Struct").mutable_shape();
  for (int level = 2; level < 100; ++level) {
    shape = (*shape->mutable_fields())["k"].mutable_struct_value();
  }
  list = add("a list of Values").add_many_values()->mutable_list_value();
  for (int level = 3; level < 100; ++level) list = list->add_values()->mutable_list_value();
  Leaf content;
  leaf = &content;
  for (int level = 2; level < 100; ++level) leaf = leaf->mutable_next();
  add("an Any").mutable_any()->PackFrom(content);
  return rows;
}

TEST_CASE("what is as deep as can be is read and written by every text codec") {
  const Registry registry = Registry::WithDefaults();
  for (const auto& [what, message] : Deepest()) {
    for (const std::string name : {"json", "xml", "yaml"}) {
      for (const bool unset : {false, true}) {
        INFO(what << " as " << name << (unset ? ", with what is unset" : ""));
        EncodeOptions options;
        options.emit_unpopulated = unset;
        std::string text;
        const Status encoded = registry.Find(name)->Encode(message, nullptr, options, &text);
        INFO(encoded.message());
        REQUIRE(encoded.ok());
        Everything back;
        const Status decoded = registry.Find(name)->Decode(text, nullptr, {}, &back);
        INFO(decoded.message());
        REQUIRE(decoded.ok());
        // The null of a Value that is unset would be read as one.
        CHECK((unset || google::protobuf::util::MessageDifferencer::Equals(message, back)));
        // One level less is a level too few.
        DecodeOptions shallow;
        shallow.max_depth = 99;
        back.Clear();
        CHECK_FALSE(registry.Find(name)->Decode(text, nullptr, shallow, &back).ok());
      }
    }
  }
}

TEST_CASE("what a program builds too deep is a 500, not a crash") {
  Everything message;
  Leaf* leaf = message.mutable_sub();
  for (int i = 0; i < 5'000; ++i) leaf = (*leaf->add_children()->mutable_next()).add_children();
  for (const std::string name : {"json", "xml", "yaml"}) {
    CheckCannotEncode(*Registry::WithDefaults().Find(name), message);
  }
}

}  // namespace
}  // namespace kratos::codec::test
