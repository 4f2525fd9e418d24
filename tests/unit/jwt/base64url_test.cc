#include "jwt/base64url.h"

#include <optional>
#include <string>

#include "support/catch.h"

namespace kratos::jwt {
namespace {

TEST_CASE("base64url: both ways") {
  for (const auto& [bytes, text] : {std::pair<std::string, std::string>{"", ""},
                                    {"a", "YQ"},
                                    {"ab", "YWI"},
                                    {"abc", "YWJj"},
                                    {"\xFB\xFF\xFE", "-__-"}}) {
    CHECK(EncodeBase64Url(bytes) == text);
    CHECK(DecodeBase64Url(text) == bytes);
  }
}

TEST_CASE("base64url: one text for each sequence of bytes, and no other") {
  for (const char* text : {"YQ==", "YR", "YWJ", "+//+", "Y", "YQ\n", " YQ", "YQ.", "Y Q"}) {
    CAPTURE(text);
    CHECK(DecodeBase64Url(text) == std::nullopt);
  }
}

}  // namespace
}  // namespace kratos::jwt
