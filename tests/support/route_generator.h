// Templates and paths made of few pieces, so that they meet often; driven by a random generator or
// a fuzzer's bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "kratos/route/path_template.h"

namespace kratos::route::testing {

class RouteGenerator {
 public:
  /// `next` answers a byte each time.
  explicit RouteGenerator(std::function<std::uint8_t()> next) : next_(std::move(next)) {}

  std::size_t Below(std::size_t limit) { return next_() % limit; }

  std::string Method() {
    static constexpr const char* kMethods[] = {"GET", "POST", "*", "PURGE"};
    return kMethods[Below(std::size(kMethods))];
  }

  /// A template that parses.
  PathTemplate Template() {
    std::string text;
    bool multi = false;
    const std::size_t count = Below(6);
    int variables = 0;
    for (std::size_t i = 0; i < count; ++i) {
      text += '/';
      const std::size_t run = Below(8) == 0 ? 1 + Below(3) : 0;
      if (run != 0) {
        text += "{v" + std::to_string(variables++) + "=";
        for (std::size_t j = 0; j < run; ++j) {
          if (j != 0) text += '/';
          text += TemplateSegment(&multi, /*in_variable=*/true);
        }
        text += '}';
      } else if (Below(6) == 0) {
        text += "{v" + std::to_string(variables++) + "}";
      } else {
        text += TemplateSegment(&multi, /*in_variable=*/false);
      }
    }
    if (text.empty()) return *PathTemplate::Parse("/");
    if (Below(4) == 0) text += Below(2) == 0 ? ":v" : ":a";
    ParseError error;
    const auto parsed = PathTemplate::Parse(text, &error);
    return parsed ? *parsed : *PathTemplate::Parse("/refused");
  }

  /// A path that the template matches often, or any.
  std::string Path(const PathTemplate& path_template) {
    std::string path;
    for (const Segment& segment : path_template.segments()) {
      if (Below(16) == 0) continue;
      if (segment.kind == Segment::Kind::kLiteral) {
        path += '/' + (Below(8) == 0 ? PathSegment() : segment.literal);
        continue;
      }
      const std::size_t count = segment.kind == Segment::Kind::kWildcard ? 1 : Below(4);
      for (std::size_t i = 0; i < count; ++i) path += '/' + PathSegment();
    }
    if (Below(16) == 0) path += '/' + PathSegment();
    if (Below(3) == 0) path += Below(2) == 0 ? ":v" : ":a";
    if (path.empty() || Below(32) == 0) path += '/';
    return path;
  }

 private:
  std::string TemplateSegment(bool* multi, bool in_variable) {
    static constexpr const char* kLiterals[] = {"a", "b", "%61", "a%2Fb", "a%2fb", ".", "c%3Av"};
    switch (Below(8)) {
      case 0:
      case 1:
      case 2:
        return "*";
      case 3:
        if (*multi) return "*";
        *multi = true;
        return "**";
      case 4:
        if (in_variable) return "a:v";
        break;
      default:
        break;
    }
    return kLiterals[Below(2) == 0 ? Below(2) : Below(std::size(kLiterals))];
  }

  std::string PathSegment() {
    static constexpr const char* kPlain[] = {"a", "b", "x"};
    static constexpr const char* kOdd[] = {"",      ".",     "..",        "%2e", "%2E.", "...",
                                           "%61",   "a%2Fb", "a%2fb",     "a:v", "a:",   ":v",
                                           "c%3Av", "a:b:v", "%C3%A9",    "x+y", "%00",  "%FF",
                                           "%zz",   "%",     "\xC3\xA9z", "c:v", "%2e:v"};
    return Below(2) == 0 ? kPlain[Below(std::size(kPlain))] : kOdd[Below(std::size(kOdd))];
  }

  std::function<std::uint8_t()> next_;
};

}  // namespace kratos::route::testing
