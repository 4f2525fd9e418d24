// Range, Accept-Encoding, entity tags, dates and origins: any text is read or left alone, and what
// was read keeps its promises.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/byte_range.h"
#include "http/compression/accept_encoding.h"
#include "http/compression/tag_marks.h"
#include "http/cors_origin.h"
#include "http/http_date.h"
#include "http/partial_reply.h"
#include "kratos/http/conditional.h"

using namespace kratos::http;

namespace {

void Check(bool promise) {
  if (!promise) std::abort();
}

void Ranges(std::string_view text) {
  constexpr std::size_t kSize = 300;
  constexpr std::size_t kMost = 5;
  const RangeChoice choice = ChooseRanges({text}, kSize, kMost);
  Check((choice.kind == RangeChoice::Kind::kParts) == !choice.parts.empty());
  Check(choice.parts.size() <= kMost);
  std::size_t total = 0;
  for (const ByteRange& part : choice.parts) {
    Check(part.length != 0 && part.first < kSize && part.length <= kSize - part.first);
    total += part.length;
  }
  Check(total <= kSize);
  if (choice.parts.empty()) return;
  Response response;
  response.body = std::string(kSize, 'x');
  MakePartial(choice.parts, &response);
  Check(response.status == 206 && response.body.size() >= total);
}

void Codings(std::string_view text) {
  const kratos::Metadata header{{"Accept-Encoding", std::string(text)}};
  const CodingChoice choice = ChooseCoding(header, ReplyCodings());
  // Nothing is chosen that was not asked for.
  const bool named = text.find_first_of("*gGbBzZ") != std::string_view::npos;
  Check(choice.coding == Coding::kIdentity || named);
  Check(ChooseCoding(header, {}).coding == Coding::kIdentity);
}

void Tags(std::string_view text) {
  const EntityTagList list = ParseEntityTags({text});
  std::string written = list.any ? "*" : "";
  for (const EntityTag& tag : list.tags) {
    Check(ParseEntityTag(tag.ToString()) == tag);
    Check(list.MatchesWeakly(tag));
    Check(list.any || list.MatchesStrongly(tag) == !tag.weak);
    // A mark that was put on comes off again.
    if (!tag.weak) {
      const std::string marked = MarkTag(tag.ToString(), Coding::kGzip);
      Check(UnmarkTags(marked) == tag.ToString());
    }
    written.append(written.empty() ? "" : ", ").append(tag.ToString());
  }
  const EntityTagList again = ParseEntityTags({written});
  Check(again.any == list.any && again.tags == list.tags);
  (void)UnmarkTags(text);
}

void Dates(std::string_view text) {
  const auto time = ParseHttpDate(text);
  if (time) Check(ParseHttpDate(FormatHttpDate(*time)) == time);
}

void Origins(std::string_view text) {
  const auto made = OriginList::Create({std::string(text)});
  if (made.ok() && text.find('*') == std::string_view::npos) Check(made->Contains(text));
  const auto fixed = OriginList::Create({"https://*.example.org"});
  if (fixed->Contains(text)) {
    Check(text.size() > 20 && text.ends_with('g') + text.ends_with('G') == 1 &&
          text.find('/', 8) == std::string_view::npos &&
          text.find(':', 6) == std::string_view::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Ranges(text);
  Codings(text);
  Tags(text);
  Dates(text);
  Origins(text);
  return 0;
}
