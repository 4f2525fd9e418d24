#include "unit/codec/support.h"

namespace kratos::codec::test {
namespace {

constexpr char kHead[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

struct Row {
  const char* name;
  std::string xml;  // the content of <Everything>
  std::string message;
};

std::string Document(const std::string& content) {
  return content.empty() ? std::string(kHead) + "<Everything/>"
                         : kHead + ("<Everything>" + content + "</Everything>");
}

TEST_CASE("K29: messages as XML and back") {
  const auto codec = XmlCodec();
  const Row rows[] = {
      {"empty", "", ""},
      {"scalars", "<flag>true</flag><count>-3</count><userName>a</userName>",
       "flag: true count: -3 user_name: 'a'"},
      {"64 bits", "<huge>18446744073709551615</huge>", "huge: 18446744073709551615"},
      {"markup in text", "<userName>&lt;a&gt; &amp; ]]&gt;</userName>", "user_name: '<a> & ]]>'"},
      {"white space in text", "<userName> \n\t</userName>", "user_name: ' \\n\\t'"},
      {"carriage return", "<userName>a&#13;\nb</userName>", "user_name: 'a\\r\\nb'"},
      {"empty string", "<nick/>", "nick: ''"},
      {"bytes", "<rawData>+/8=</rawData>", "raw_data: '\\373\\377'"},
      {"enum", "<color>BLUE</color>", "color: BLUE"},
      {"undefined enum", "<color>77</color>", "color: 77"},
      {"floats", "<precise>Infinity</precise>", "precise: inf"},
      {"nested", "<sub><name>a</name><next/></sub>", "sub { name: 'a' next { } }"},
      {"list", "<words>a</words><words/><words>b</words>", "words: 'a' words: '' words: 'b'"},
      {"list of messages", "<items><name>a</name></items><items/>",
       "items { name: 'a' } items { }"},
      {"map",
       "<labels><entry><key>a</key><value>x</value></entry><entry><key>b</key><value/></entry>"
       "</labels>",
       "labels { key: 'a' value: 'x' } labels { key: 'b' value: '' }"},
      {"map of messages",
       "<leaves><entry><key>a</key><value><name>n</name></value></entry></leaves>",
       "leaves { key: 'a' value { name: 'n' } }"},
      {"Timestamp", "<when>1970-01-01T00:00:01Z</when>", "when { seconds: 1 }"},
      {"Duration", "<span>90s</span>", "span { seconds: 90 }"},
      {"FieldMask", "<mask>userName,sub.name</mask>",
       "mask { paths: 'user_name' paths: 'sub.name' }"},
      {"wrapper", "<wInt32>0</wInt32>", "w_int32 { }"},
      {"Struct", "<shape>{\"a\":1}</shape>",
       "shape { fields { key: 'a' value { number_value: 1 } } }"},
      {"Value", "<value>x</value>", "value { string_value: 'x' }"},
      {"Value that looks like a number", "<value>\"1\"</value>", "value { string_value: '1' }"},
      {"null Value", "<value>null</value>", "value { null_value: NULL_VALUE }"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(Encoded(*codec, FromText<Everything>(row.message)) == Document(row.xml));
    CheckReads(*codec, Document(row.xml), row.message);
  }
}

TEST_CASE("XML is also read in other shapes") {
  const auto codec = XmlCodec();
  const Row rows[] = {
      {"proto names", "<user_name>a</user_name>", "user_name: 'a'"},
      {"CDATA", "<userName><![CDATA[<a>]]>b</userName>", "user_name: '<a>b'"},
      {"comments and instructions", "<!-- x --><userName>a<!-- y -->b</userName><?p i?>",
       "user_name: 'ab'"},
      {"space around numbers", "<count>\n 3 </count>", "count: 3"},
      {"layout", "\n  <count>3</count>\n  <sub>\n  </sub>\n", "count: 3 sub { }"},
      {"elements of a list apart", "<words>a</words><count>1</count><words>b</words>",
       "words: 'a' words: 'b' count: 1"},
      {"attributes", "<count unit='m'>3</count>", "count: 3"},
      {"unknown elements", "<nope><deep/></nope><count>3</count>", "count: 3"},
      {"unknown enum names", "<color>PINK</color><count>3</count>", "count: 3"},
      {"nil", "<maybe xsi:nil='true'/><sub xsi:nil='1'/>", ""},
      {"references", "<userName>&#228;&#x41;</userName>", "user_name: '\\303\\244A'"},
      {"references at the edges",
       "<userName>&#9;&#xA;&#x20;&#xD7FF;&#xe000;&#xFFFD;&#x10000;&#x0010fFfF;</userName>",
       "user_name: '\\t\\n \\355\\237\\277\\356\\200\\200\\357\\277\\275"
       "\\360\\220\\200\\200\\364\\217\\277\\277'"},
      {"entities", "<userName a='&quot;'>&lt;&gt;&amp;&quot;&apos;&amp;lt;</userName>",
       "user_name: '<>&\"\\'&lt;'"},
      {"no references in CDATA, comments and instructions",
       "<userName><![CDATA[&nope; & ]] > &#0;]]><!-- &nope; & --><?p &nope; &?></userName>",
       "user_name: '&nope; & ]] > &#0;'"},
      {"references in attributes", "<maybe xsi:nil='&#116;rue'/><count>1</count>", "count: 1"},
      {"attributes whose names differ", "<count a='1' b='1' A='1' x:a='1'>1</count>", "count: 1"},
      {"short root name", "", ""},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CheckReads(*codec, "<Everything>" + row.xml + "</Everything>", row.message);
    CheckReads(*codec, "\xEF\xBB\xBF<other>" + row.xml + "</other>", row.message);
  }
}

TEST_CASE("what may stand around an XML document's root") {
  for (const std::string before : {"<?xml version='1.0'?>", "\xEF\xBB\xBF<?xml version='1.0'?>",
                                   "<?xml version='1.0'?>\n<!-- c -->", " \r\n\t", "<!-- & -->",
                                   "<?p & ?>\n", "<?xml-stylesheet href='a'?>"}) {
    for (const std::string after : {"", "\n", "<!-- & -->", "\n<?p &?> "}) {
      CheckReads(*XmlCodec(), before + "<a><count>3</count></a>" + after, "count: 3");
    }
  }
}

TEST_CASE("K18: single fields as XML") {
  const auto codec = XmlCodec();
  const Row rows[] = {
      {"count", "<count>3</count>", "count: 3"},
      {"words", "<words><item>a</item><item>b</item></words>", "words: 'a' words: 'b'"},
      {"words", "<words/>", ""},
      {"items", "<items><item><name>a</name></item></items>", "items { name: 'a' }"},
      {"labels", "<labels><entry><key>k</key><value>v</value></entry></labels>",
       "labels { key: 'k' value: 'v' }"},
      {"sub", "<sub><name>a</name></sub>", "sub { name: 'a' }"},
      {"when", "<when>1970-01-01T00:00:01Z</when>", "when { seconds: 1 }"},
      {"nick", "<nick xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"/>",
       ""},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(Encoded(*codec, FromText<Everything>(row.message), Field(row.name)) == kHead + row.xml);
    CheckReads(*codec, row.xml, row.message, Field(row.name));
  }
}

TEST_CASE("XML heeds the emit style") {
  const auto codec = XmlCodec();
  EncodeOptions options;
  CHECK(Encoded(*codec, Leaf(), nullptr, options) ==
        std::string(kHead) + "<Leaf><name/><size>0</size></Leaf>");
  options = Sparse();
  options.proto_names = true;
  options.enum_numbers = true;
  CHECK(Encoded(*codec, FromText<Everything>("user_name: 'a' color: BLUE"), nullptr, options) ==
        Document("<user_name>a</user_name><color>5</color>"));
  options = Sparse();
  options.indent = 2;
  const std::string indented = Encoded(
      *codec, FromText<Everything>("count: 1 sub { name: 'a' tags: ' ' }"), nullptr, options);
  CHECK(indented ==
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Everything>\n  <count>1</count>\n  <sub>\n"
        "    <name>a</name>\n    <tags> </tags>\n  </sub>\n</Everything>");
  CheckReads(*codec, indented, "count: 1 sub { name: 'a' tags: ' ' }");
}

TEST_CASE("XML errors name the field and the place") {
  const auto codec = XmlCodec();
  struct Bad {
    const char* name;
    std::string xml;
    const char* part;
  };
  const Bad rows[] = {
      {"not XML", "x", "not XML"},
      {"empty", "", "not XML"},
      {"element not closed", "<a><count>", "not XML"},
      {"two roots", "<a/><b/>", "more than one root"},
      {"field and place", "<a>\n  <items/>\n  <items>\n    <size>x</size></items></a>",
       "body: items[1].size: \"x\" is not a number (int32) (at line 4, column"},
      {"element in text", "<a><count><b/></count></a>", "body: count: expected text"},
      {"text between elements", "<a>x<count>1</count></a>", "text between elements"},
      {"given twice", "<a><count>1</count><count>1</count></a>",
       "body: count: given more than once"},
      {"two members of a oneof", "<a><text>x</text><number>1</number></a>",
       "body: number: excludes"},
      {"map without entries", "<a><labels>x</labels></a>", "text between elements"},
      {"entry without a key", "<a><labels><entry><value/></entry></labels></a>", "labels"},
      {"key twice",
       "<a><by_number><entry><key>1</key><value/></entry></by_number>"
       "<by_number><entry><key>01</key><value/></entry></by_number></a>",
       "by_number[1]: given more than once"},
      {"surrogate", "<a><userName>&#xD800;</userName></a>", "\"&#xD800;\""},
      {"other surrogate", "<a>&#xDFFF;</a>", "\"&#xDFFF;\""},
      {"zero", "<a><userName>a&#0;b</userName></a>", "\"&#0;\" is no reference"},
      {"place of a reference", "<a>\n  <userName>a&#0;b</userName></a>", "(at line 2, column 14)"},
      {"control character as a reference", "<a><userName>&#x1;</userName></a>", "\"&#x1;\""},
      {"no character", "<a><userName>&#xFFFE;</userName></a>", "\"&#xFFFE;\""},
      {"no character, bare", "<a><userName>\xEF\xBF\xBF</userName></a>", "U+FFFF"},
      {"past Unicode", "<a><userName>&#x110000;</userName></a>", "\"&#x110000;\""},
      {"far past Unicode", "<a><userName>&#x100000041;</userName></a>", "\"&#x100000041;\""},
      {"upper-case X", "<a><userName>&#X41;</userName></a>", "\"&#X41;\""},
      {"reference without digits", "<a><userName>&#;</userName></a>", "\"&#;\""},
      {"hexadecimal without an x", "<a><userName>&#4A;</userName></a>", "\"&#4A;\""},
      {"sign", "<a><userName>&#+65;</userName></a>", "\"&#+65;\""},
      {"unknown entity", "<a><userName>a&nope;b</userName></a>", "\"&nope;\" is no reference"},
      {"entity in capitals", "<a><userName>&LT;</userName></a>", "\"&LT;\""},
      {"bare &", "<a><userName>a&b</userName></a>", "\"&b\" is no reference"},
      {"bare & at the end", "<a><userName>a&</userName></a>", "\"&\" is no reference"},
      {"reference not closed", "<a><userName>&lt</userName></a>", "\"&lt\""},
      {"reference in an attribute", "<a b='&nope;'/>", "\"&nope;\""},
      {"zero in an attribute", "<a><maybe xsi:nil='true&#0;'/></a>", "\"&#0;\""},
      {"reference in an unknown element", "<a><nope>&nope;</nope></a>", "\"&nope;\""},
      {"< in an attribute", "<a b='<'/>", "\"<\""},
      {"end of CDATA", "<a><userName>]]></userName></a>", "\"]]>\""},
      {"attribute twice", "<a b='1' b='2'/>", "attribute \"b\" appears twice"},
      {"attribute twice in an unknown element", "<a><x c='' b='1' d='' b='1'/></a>", "\"b\""},
      {"text before the root", "x<a/>", "text outside of the root"},
      {"text behind the root", "<a/>\nx", "text outside of the root"},
      {"reference behind the root", "<a/>&#32;", "text outside of the root"},
      {"CDATA behind the root", "<a/><![CDATA[ ]]>", "text outside of the root"},
      {"comment only", "<!-- x -->", "no root element"},
      {"declaration only", "<?xml version='1.0'?>", "no root element"},
      {"two declarations", "<?xml version='1.0'?><?xml version='1.0'?><a/>", "declaration"},
      {"declaration behind white space", "\n<?xml version='1.0'?><a/>", "declaration"},
      {"declaration behind a comment", "<!-- --><?xml version='1.0'?><a/>", "declaration"},
      {"declaration in the root", "<a><?xml version='1.0'?></a>", "declaration"},
      {"declaration in capitals", "<?XML version='1.0'?><a/>", "declaration"},
      {"not UTF-8", "<a><userName>\xff</userName></a>", "not valid UTF-8"},
      {"control character", std::string("<a>\x01</a>"), "control character"},
      {"zero byte", std::string("<a/>\0", 5), "control character"},
      {"broken JSON in a Struct", "<a><shape>{</shape></a>", "body: shape: "},
      {"document type", "<!DOCTYPE a><a/>", "document type"},
      {"entities",
       "<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c "
       "\"&b;&b;&b;\">]><a><userName>&c;</userName></a>",
       "document type"},
  };
  for (const Bad& row : rows) {
    INFO(row.name);
    CheckRefuses(*codec, row.xml, row.part);
  }
  DecodeOptions strict;
  strict.ignore_unknown = false;
  CheckRefuses(*codec, "<a><nope/></a>", "unknown field \"nope\"", nullptr, strict);
  CheckRefuses(*codec, "<a><color>PINK</color></a>", "body: color: ", nullptr, strict);
}

TEST_CASE("deep XML is refused, not followed") {
  const auto codec = XmlCodec();
  const auto nested = [](int levels) {
    std::string open = "<a><sub>";
    std::string close = "</sub></a>";
    for (int i = 0; i < levels; ++i) {
      open += "<next>";
      close = "</next>" + close;
    }
    return open + close;
  };
  Everything message;
  CHECK(codec->Decode(nested(98), nullptr, {}, &message).ok());
  for (const char* deeper : {"<tags>x</tags>", "<children/>",
                             "<labels><entry><key>a</key><value>b</value></entry></labels>"}) {
    std::string text = nested(97);
    const std::size_t middle = text.find("</next>");
    CHECK(codec->Decode(std::string(text).insert(middle, "<tags>x</tags>"), nullptr, {}, &message)
              .ok());
    text = nested(98);
    CheckRefuses(*codec, text.insert(text.find("</next>"), deeper), "nested too deep");
  }
  CheckRefuses(*codec, nested(99), "nested too deep");
  CheckRefuses(*codec, nested(5'000), "nested too deep");
  std::string unclosed;
  for (int i = 0; i < 200'000; ++i) unclosed += "<a>";
  CheckRefuses(*codec, unclosed, "not XML");
  std::string unknown;
  for (int i = 0; i < 200'000; ++i) unknown += "<b>";
  for (int i = 0; i < 200'000; ++i) unknown += "</b>";
  CheckReads(*codec, unknown, "");
}

TEST_CASE("many attributes and references are read in time") {
  std::string attributes = "<a";
  std::string text;
  for (int i = 0; i < 100'000; ++i) {
    attributes += " b" + std::to_string(i) + "='&#65;'";
    text += "&#65;";
  }
  CheckReads(*XmlCodec(), attributes + "/>", "");
  Everything message;
  REQUIRE(
      XmlCodec()->Decode("<a><userName>" + text + "</userName></a>", nullptr, {}, &message).ok());
  CHECK(message.user_name() == std::string(100'000, 'A'));
}

TEST_CASE("what XML cannot carry is a 500 without private content") {
  CheckCannotEncode(*XmlCodec(), FromText<Everything>("user_name: 'a\\001'"));
  CheckCannotEncode(*XmlCodec(), FromText<Everything>("user_name: '\\357\\277\\277'"));
  CheckCannotEncode(*XmlCodec(), FromText<Everything>("when { seconds: 999999999999999 }"));
}

TEST_CASE("K17: XML tells which fields were present") {
  std::vector<std::string> present;
  DecodeOptions options;
  options.present_paths = &present;
  Everything message;
  REQUIRE(XmlCodec()
              ->Decode("<a><count>0</count><sub><name/><next><size>1</size></next></sub>"
                       "<words>a</words><words>b</words><when>1970-01-01T00:00:01Z</when>"
                       "<nick xsi:nil='true'/><nope/><items><name>x</name></items></a>",
                       nullptr, options, &message)
              .ok());
  CHECK(present == std::vector<std::string>{"count", "sub.name", "sub.next.size", "words", "when",
                                            "nick", "items"});
}

TEST_CASE("proto2 extensions in XML") {
  const auto old = FromText<Old>("id: '1' [kratos.form.test.marks]: 1 [kratos.form.test.marks]: 2");
  const std::string xml = Encoded(*XmlCodec(), old);
  CHECK(xml == std::string(kHead) +
                   "<Old><id>1</id><extension name=\"kratos.form.test.marks\">1</extension>"
                   "<extension name=\"kratos.form.test.marks\">2</extension></Old>");
  Old back;
  REQUIRE(XmlCodec()->Decode(xml, nullptr, {}, &back).ok());
  CHECK(ToText(back) == ToText(old));
  Old missing;
  CHECK(XmlCodec()->Decode("<Old/>", nullptr, {}, &missing).message() ==
        "body: required fields are missing: id");
}

}  // namespace
}  // namespace kratos::codec::test
