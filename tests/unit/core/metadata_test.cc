#include "kratos/metadata/metadata.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/catch.h"

namespace kratos {
namespace {

using Views = std::vector<std::string_view>;

TEST_CASE("Metadata: names compare without case and keep their spelling") {
  Metadata metadata{{"Content-Type", "a"}, {"X-One", "1"}, {"x-one", "2"}};
  CHECK(metadata.Get("content-type") == "a");
  CHECK(metadata.Has("CONTENT-TYPE"));
  CHECK(metadata.Values("X-ONE") == Views{"1", "2"});
  CHECK(metadata.Names() == Views{"Content-Type", "X-One"});
  CHECK(metadata.size() == 3);
  CHECK(metadata.begin()->first == "Content-Type");
}

TEST_CASE("Metadata: an absent name") {
  const Metadata metadata{{"A", ""}};
  CHECK(metadata.Get("B").empty());
  CHECK(metadata.Find("B") == nullptr);
  CHECK_FALSE(metadata.Has("B"));
  CHECK(metadata.Values("B").empty());
  // An empty value is there all the same.
  CHECK(metadata.Has("a"));
  REQUIRE(metadata.Find("a") != nullptr);
  CHECK(metadata.Find("a")->empty());
}

TEST_CASE("Metadata: Set replaces every value, Add appends, an empty name is ignored") {
  Metadata metadata{{"A", "1"}, {"B", "2"}, {"a", "3"}};
  metadata.Set("a", "4");
  CHECK(metadata.Values("A") == Views{"4"});
  metadata.Add("A", "5");
  CHECK(metadata.Values("a") == Views{"4", "5"});
  metadata.Set("", "x");
  metadata.Add("", "x");
  CHECK(metadata.size() == 3);
  metadata.Remove("A");
  CHECK(metadata == Metadata{{"B", "2"}});
  metadata.Clear();
  CHECK(metadata.empty());
}

TEST_CASE("Metadata: arguments may point into the metadata itself") {
  // Short strings live inside the entries, which move when others go away.
  Metadata metadata{{"A", "1"}, {"B", "2"}, {"a", "3"}, {"C", "4"}};
  metadata.Set(metadata.begin()->first, metadata.Get("C"));
  CHECK(metadata == Metadata{{"B", "2"}, {"C", "4"}, {"A", "4"}});
  metadata.Remove(metadata.Names().front());
  CHECK(metadata == Metadata{{"C", "4"}, {"A", "4"}});
  Metadata twice{{"A", "1"}, {"B", "2"}, {"A", "3"}};
  twice.Remove(twice.Names().front());
  CHECK(twice == Metadata{{"B", "2"}});
}

TEST_CASE("Metadata: entries kept for their memory are no entries") {
  Metadata metadata{{"A", "1"}, {"B", "2"}, {"A", "3"}};
  metadata.Remove("a");
  CHECK(metadata.size() == 1);
  CHECK(metadata == Metadata{{"B", "2"}});
  CHECK_FALSE(metadata == Metadata{{"B", "2"}, {"A", "1"}});
  CHECK(metadata.Names() == Views{"B"});
  const Metadata copy = metadata;
  CHECK(copy == metadata);
  Metadata moved = std::move(metadata);
  CHECK(moved == copy);
  CHECK(metadata.empty());  // NOLINT(bugprone-use-after-move): promised to be as new
  metadata.Add("C", "4");
  CHECK(metadata == Metadata{{"C", "4"}});
  moved.Clear();
  CHECK(moved.begin() == moved.end());
  CHECK_FALSE(moved.Has("B"));
  moved.Add("D", "longer than what any small string holds by itself");
  moved = copy;
  CHECK(moved == copy);
  moved = *&moved;
  CHECK(moved == copy);
}

TEST_CASE("Metadata: values one by one") {
  const Metadata metadata{{"A", "1"}, {"B", "2"}, {"a", "3"}};
  Views values;
  metadata.ForEachValue("A", [&values](std::string_view value) { values.push_back(value); });
  CHECK(values == Views{"1", "3"});
  CHECK(metadata.Count("a") == 2);
  CHECK(metadata.Count("C") == 0);
}

TEST_CASE("Metadata: EqualsIgnoreCase folds ASCII letters only") {
  CHECK(EqualsIgnoreCase("Content-TYPE", "content-type"));
  CHECK(EqualsIgnoreCase("", ""));
  CHECK_FALSE(EqualsIgnoreCase("a", "ab"));
  CHECK_FALSE(EqualsIgnoreCase("[", "{"));
  CHECK_FALSE(EqualsIgnoreCase("@", "`"));
  CHECK_FALSE(EqualsIgnoreCase("\xC3\x84", "\xC3\xA4"));
}

TEST_CASE("Metadata: IsFieldValue wherever the byte stands that decides") {
  for (std::size_t size = 1; size <= 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, 'a');
        text[at] = static_cast<char>(byte);
        const bool is = byte == '\t' || (byte >= 0x20 && byte != 0x7f);
        if (IsFieldValue(text) != is) FAIL(size << " bytes, number " << at << " is " << byte);
        // Behind a TAB the search begins anew; the bytes before decide nothing.
        text.insert(0, "\t\xff ");
        if (IsFieldValue(text) != is)
          FAIL(size << " bytes behind, number " << at << " is " << byte);
      }
    }
  }
}

TEST_CASE("Metadata: IsToken and IsFieldValue over every byte") {
  const std::string_view token =
      "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (int byte = 0; byte < 256; ++byte) {
    CAPTURE(byte);
    const std::string text{'a', static_cast<char>(byte), 'b'};
    CHECK(IsToken(text) == (token.find(static_cast<char>(byte)) != std::string_view::npos));
    CHECK(IsFieldValue(text) == (byte == '\t' || (byte >= 0x20 && byte != 0x7f)));
  }
  CHECK_FALSE(IsToken(""));
  CHECK(IsFieldValue(""));
}

}  // namespace
}  // namespace kratos
