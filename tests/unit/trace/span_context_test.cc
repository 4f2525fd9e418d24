// Rows of W3C's own test suite for Trace Context (its names in comments), and what it leaves out.
#include "kratos/trace/span_context.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/catch.h"

namespace kratos::trace {
namespace {

constexpr char kTrace[] = "12345678901234567890123456789012";
constexpr char kSpan[] = "1234567890123456";

std::string Parent(const std::string& version = "00", const std::string& trace = kTrace,
                   const std::string& span = kSpan, const std::string& rest = "01") {
  return version + '-' + trace + '-' + span + '-' + rest;
}

TEST_CASE("traceparent: what is well-formed") {
  for (const std::string& text : {
           Parent(),
           Parent("cc"),  // version_0xcc
           Parent("cc", kTrace, kSpan, "01-what-the-future-will-be-like"),
           ' ' + Parent(),
           '\t' + Parent(),
           Parent() + ' ',
           Parent() + '\t',  // ows_handling
           "\t " + Parent() + " \t",
           Parent("01", kTrace, kSpan, "ff"),
       }) {
    CAPTURE(text);
    const auto context = ParseTraceParent(text);
    REQUIRE(context);
    CHECK(context->trace_id.ToHex() == kTrace);
    CHECK(context->span_id.ToHex() == kSpan);
    CHECK(context->sampled);
    CHECK(context->remote);
    // Later versions go out as the one we know, and flags we do not know as zero.
    CHECK(FormatTraceParent(*context) == Parent());
  }
  CHECK_FALSE(ParseTraceParent(Parent("00", kTrace, kSpan, "00"))->sampled);
  CHECK_FALSE(ParseTraceParent(Parent("00", kTrace, kSpan, "fe"))->sampled);
}

TEST_CASE("traceparent: what is not") {
  for (const std::string& text : {
           std::string(),
           Parent() + '.',  // version_0x00
           Parent("00", kTrace, kSpan, "01-what-the-future-will-be-like"),
           Parent("cc", kTrace, kSpan, "01.what-the-future-will-be-like"),
           Parent("ff"),  // version_0xff
           Parent(".0"),
           Parent("0."),
           Parent("000"),
           Parent("0000"),
           Parent("0"),
           Parent("00", "00000000000000000000000000000000"),  // trace_id_all_zero
           Parent("00", ".2345678901234567890123456789012"),  // illegal_characters
           Parent("00", "1234567890123456789012345678901."),
           Parent("00", "123456789012345678901234567890123"),  // too_long
           Parent("00", "1234567890123456789012345678901"),    // too_short
           Parent("00", "ABCDEFABCDEFABCDEFABCDEFABCDEFAB"),   // upper case
           Parent("00", kTrace, "0000000000000000"),           // parent_id_all_zero
           Parent("00", kTrace, ".234567890123456"),
           Parent("00", kTrace, "123456789012345."),
           Parent("00", kTrace, "12345678901234567"),
           Parent("00", kTrace, "123456789012345"),
           Parent("00", kTrace, kSpan, ".0"),
           Parent("00", kTrace, kSpan, "0."),  // trace_flags
           Parent("00", kTrace, kSpan, "001"),
           Parent("00", kTrace, kSpan, "1"),
       }) {
    CAPTURE(text);
    CHECK_FALSE(ParseTraceParent(text));
  }
  // Every beginning of one.
  for (std::size_t size = 0; size < Parent().size(); ++size)
    CHECK_FALSE(ParseTraceParent(Parent().substr(0, size)));
}

std::string Members(int count) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += (i == 0 ? "k" : ",k") + std::to_string(i) + "=" + std::to_string(i);
  return text;
}

TEST_CASE("tracestate: what is well-formed") {
  const std::string key = "abcdefghijklmnopqrstuvwxyz0123456789_-*/";
  std::string value;
  for (char c = 0x20; c <= 0x7e; ++c) {
    if (c != ',' && c != '=') value += c;
  }
  value += '!';
  const std::string z256(256, 'z');
  const std::string tenant(241, 't');
  const std::string system(14, 'v');
  const struct {
    std::vector<std::string_view> fields;
    std::string expected;
  } kRows[] = {
      {{}, ""},
      {{"foo=1,bar=2"}, "foo=1,bar=2"},
      {{""}, ""},
      {{"foo=1", ""}, "foo=1"},  // empty_header
      {{"", "foo=1"}, "foo=1"},
      {{"foo=1,bar=2", "rojo=1,congo=2", "baz=3"}, "foo=1,bar=2,rojo=1,congo=2,baz=3"},
      {{"foo=1 \t , \t bar=2, \t baz=3"}, "foo=1,bar=2,baz=3"},  // ows_handling
      {{"foo=1\t \t,\t \tbar=2,\t \tbaz=3"}, "foo=1,bar=2,baz=3"},
      {{"\t foo=1 \t"}, "foo=1"},
      {{",foo=1,,"}, "foo=1"},
      {{"1a@b=1"}, "1a@b=1"},
      {{"foo= 1"}, "foo= 1"},  // A space in front belongs to the value.
  };
  for (const auto& [fields, expected] : kRows) {
    CAPTURE(expected);
    CHECK(ParseTraceState(fields) == expected);
  }
  const std::string all = key + '=' + value;  // all_allowed_characters
  CHECK(ParseTraceState({all}) == all);
  const std::string vendor = key + "@a-z0-9_-*/=" + value;
  CHECK(ParseTraceState({vendor}) == vendor);
  CHECK(ParseTraceState({Members(32)}) == Members(32));  // member_count_limit
  // key_length_limit
  CHECK(ParseTraceState({z256 + "=1"}) == z256 + "=1");
  CHECK(ParseTraceState({tenant + '@' + system + "=1"}) == tenant + '@' + system + "=1");
}

TEST_CASE("tracestate: what is not") {
  const std::string z257 = std::string(257, 'z') + "=1";
  const std::string tenant = std::string(242, 't') + "@v=1";
  const std::string system = "t@" + std::string(15, 'v') + "=1";
  const std::string value = "foo=" + std::string(257, 'v');
  const std::string members = Members(33);
  for (const std::vector<std::string_view>& fields : std::vector<std::vector<std::string_view>>{
           {"foo=1,foo=1"},
           {"foo=1,foo=2"},
           {"foo=1", "foo=1"},  // duplicated_keys
           {"foo =1"},
           {"FOO=1"},
           {"foo.bar=1"},  // key_illegal_characters
           {"foo@=1,bar=2"},
           {"@foo=1,bar=2"},
           {"foo@@bar=1,bar=2"},
           {"foo@bar@baz=1,bar=2"},
           {"1foo=1"},
           {"foo@1bar=1"},
           {"foo=bar=baz"},
           {"foo=,bar=3"},
           {"foo"},
           {"=1"},  // value_illegal_characters
           {"foo=\x7f"},
           {"foo=\xc3\xa4"},
           {z257},
           {tenant},
           {system},
           {value},
           {members},
       }) {
    CAPTURE(fields);
    CHECK_FALSE(ParseTraceState(fields));
  }
}

TEST_CASE("tracestate: cut to 512 bytes, the long members first") {
  const std::string longer = "long=" + std::string(130, 'x');
  std::string rest;
  for (int i = 0; i < 5; ++i) rest += ",k" + std::to_string(i) + "=" + std::string(96, 'v');
  // 5 members of 99 bytes and 4 commas are 499.
  CHECK(ParseTraceState({longer + rest}) == rest.substr(1));
  std::string many;
  for (int i = 0; i < 6; ++i)
    many += (i == 0 ? "k" : ",k") + std::to_string(i) + "=" + std::string(96, 'v');
  CHECK(ParseTraceState({many}) == many.substr(0, 499));
}

TEST_CASE("trace context: out of header fields and back") {
  const SpanContext context =
      Extract({{"TraceParent", Parent()}, {"TRACESTATE", "a=1"}, {"tracestate", "b=2"}});
  CHECK(context.valid());
  CHECK(context.trace_state == "a=1,b=2");
  Metadata header{{"traceparent", "old"}, {"tracestate", "old"}, {"tracestate", "older"}};
  Inject(context, &header);
  CHECK(header == Metadata{{"traceparent", Parent()}, {"tracestate", "a=1,b=2"}});
  Inject({}, &header);
  CHECK(header.empty());

  CHECK_FALSE(
      Extract({{"traceparent", Parent()}, {"traceparent", Parent()}}).valid());  // duplicated
  CHECK_FALSE(Extract({{"trace-parent", Parent()}}).valid());                    // header_name
  CHECK_FALSE(Extract({{"tracestate", "a=1"}}).valid());
  CHECK(Extract({{"traceparent", "broken"}, {"tracestate", "a=1"}}).trace_state.empty());
  const SpanContext alone = Extract({{"traceparent", Parent()}, {"tracestate", "a=1,a=1"}});
  CHECK(alone.valid());
  CHECK(alone.trace_state.empty());
}

}  // namespace
}  // namespace kratos::trace
