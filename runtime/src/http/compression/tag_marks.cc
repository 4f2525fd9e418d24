#include "http/compression/tag_marks.h"

#include "http/list_field.h"

namespace kratos::http {

std::string MarkTag(std::string_view tag, Coding coding) {
  std::string marked(tag);
  if (tag.size() < 2 || tag.front() != '"' || tag.back() != '"') return marked;
  marked.pop_back();
  return marked.append("--").append(CodingName(coding)).append("\"");
}

std::optional<std::string> UnmarkTags(std::string_view list) {
  std::string unmarked;
  bool found = false;
  ForEachElement(list, [&](std::string_view tag) {
    unmarked.append(unmarked.empty() ? "" : ", ");
    for (const Coding coding : ReplyCodings()) {
      const std::string mark = "--" + std::string(CodingName(coding)) + "\"";
      if (!tag.ends_with(mark)) continue;
      unmarked.append(tag.substr(0, tag.size() - mark.size())).append("\"");
      found = true;
      return;
    }
    unmarked.append(tag);
  });
  if (!found) return std::nullopt;
  return unmarked;
}

}  // namespace kratos::http
