// Rows of W3C's own tests for Baggage among others.
#include "kratos/trace/baggage.h"

#include <string>
#include <vector>

#include "kratos/context/context.h"
#include "support/catch.h"

namespace kratos::trace {
namespace {

using Members = std::vector<BaggageMember>;

Members Parse(const std::string& text) { return Baggage::Extract({{"baggage", text}}).members(); }

TEST_CASE("baggage: read") {
  CHECK(Parse("SomeKey=SomeValue") == Members{{"SomeKey", "SomeValue", ""}});
  const Members two = {{"SomeKey", "SomeValue", ";SomeProp"},
                       {"SomeKey2", "SomeValue2", ";ValueProp=PropVal"}};
  CHECK(Parse("SomeKey=SomeValue;SomeProp,SomeKey2=SomeValue2;ValueProp=PropVal") == two);
  CHECK(Parse("SomeKey \t = \t SomeValue \t ; \t SomeProp \t , \t SomeKey2 \t = \t SomeValue2 \t ; "
              "\t ValueProp \t = \t PropVal") == two);
  CHECK(Parse("SomeKey=SomeValue=equals") == Members{{"SomeKey", "SomeValue=equals", ""}});
  CHECK(Parse("SomeKey=%09%20%22%27%3B%3Dasdf%21%40%23%24%25%5E%26%2A%28%29") ==
        Members{{"SomeKey", "\t \"';=asdf!@#$%^&*()", ""}});
  CHECK(Parse("a=1,a=2") == Members{{"a", "1", ""}, {"a", "2", ""}});
  CHECK(Parse("a=") == Members{{"a", "", ""}});
  CHECK(Parse("a=100%") == Members{{"a", "100%", ""}});
  CHECK(Parse("a=%4") == Members{{"a", "%4", ""}});
  CHECK(Parse("a=%zz%41") == Members{{"a", "%zzA", ""}});
  CHECK(Parse("a=%C3%A4") == Members{{"a", "\xC3\xA4", ""}});
  CHECK(Parse("a=x%C3y%FF") == Members{{"a", "x\xEF\xBF\xBDy\xEF\xBF\xBD", ""}});
  const Baggage several = Baggage::Extract({{"baggage", "userId=alice"}, {"Baggage", "b=2"}});
  CHECK(several.members() == Members{{"userId", "alice", ""}, {"b", "2", ""}});
}

TEST_CASE("baggage: a malformed member costs nothing but itself") {
  for (const char* bad : {"", "a", "=1", "a b=1", "a=b c", "a=\"x\"", "a=\\", "\xC3\xA4=1",
                          "a=\xC3\xA4", "a=1;", "a=1;b c", "a=1;b=\"", "a=1;;b"}) {
    CAPTURE(bad);
    CHECK(Parse(std::string(bad) + ",good=1") == Members{{"good", "1", ""}});
  }
}

TEST_CASE("baggage: written") {
  Baggage baggage = Baggage::Extract({{"baggage", "a=1;p=2,b=%20"}});
  baggage.Set("c", "x y,\xC3\xA4/");
  baggage.Set("no token", "1");
  Metadata header{{"baggage", "old"}, {"baggage", "older"}};
  baggage.Inject(&header);
  CHECK(header == Metadata{{"baggage", "a=1;p=2,b=%20,c=x%20y%2C%C3%A4%2F"}});
  CHECK(Baggage::Extract(header) == baggage);
  CHECK(baggage.Get("a") == "1");
  baggage.Set("a", "3");
  CHECK(baggage.Get("a") == "3");
  baggage.Remove("a");
  CHECK_FALSE(baggage.Get("a"));
  Baggage().Inject(&header);
  CHECK(header.empty());
}

TEST_CASE("baggage: limits") {
  // As W3C's: 64 members and 8192 bytes must pass.
  Baggage many;
  for (int i = 0; i < 181; ++i) many.Set("key" + std::to_string(i), "value");
  Metadata header;
  many.Inject(&header);
  CHECK(Baggage::Extract(header).members().size() == 180);
  const std::string longest = "a=" + std::string(8190, 'x');
  CHECK(Parse(longest).size() == 1);
  CHECK(Parse(longest + 'x').empty());
  Baggage one;
  one.Set("a", std::string(8190, 'x'));
  one.Set("b", "1");
  one.Inject(&header);
  CHECK(header.Get("baggage") == longest);
}

TEST_CASE("baggage: belongs to a context and its children") {
  Context ctx;
  CHECK(BaggageOf(ctx).empty());
  Baggage baggage;
  baggage.Set("a", "1");
  SetBaggage(ctx, baggage);
  const Context child(&ctx);
  CHECK(BaggageOf(child) == baggage);
}

}  // namespace
}  // namespace kratos::trace
