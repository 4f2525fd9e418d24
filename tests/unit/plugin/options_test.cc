#include "options.h"

#include "support/catch.h"

namespace kratos::plugin {
namespace {

TEST_CASE("defaults and every good value") {
  std::vector<OptionError> errors;
  CHECK(ParseOptions("", &errors) == Options{});
  Options all;
  all.omitempty = false;
  all.omitempty_prefix = "/api/v2";
  all.client = false;
  all.server = false;
  all.grpc = true;
  all.service_config = "a b.yaml";
  all.conflicts = Options::Conflicts::kError;
  all.json = Options::Json::kReflection;
  all.werror = true;
  CHECK(ParseOptions("omitempty=false,omitempty_prefix=/api/v2,client=0,,server=false,grpc,"
                     "service_config=a b.yaml,conflicts=error,json=reflection,werror",
                     &errors) == all);
  CHECK(ParseOptions("omitempty_prefix=,conflicts=ignore", &errors).conflicts ==
        Options::Conflicts::kIgnore);
  CHECK(ParseOptions("json=reflection,json=generated", &errors).json == Options::Json::kGenerated);
  CHECK(errors.empty());
}

TEST_CASE("bad parameters are named errors, all of them") {
  for (const char* text : {"omitempty=maybe",
                           "client=",
                           "grpc=yes",
                           "conflicts",
                           "conflicts=no",
                           "json",
                           "json=fast",
                           "service_config=",
                           "omitempty_prefix=api",
                           "omitempty_prefix=/api/",
                           "omitempty_prefix=/{x}",
                           "omitempty_prefix=/a\tb",
                           "omitempty_prefix=/a%",
                           "omitempty_prefix=/a\"b",
                           "omitempty_prefix=/a\\b",
                           "omitempty_prefix=/\xC3\xA4",
                           "omitempty_prefix=/a:b",
                           "omitempty_prefix=/*",
                           "omitempty_prefix=/",
                           "unknown",
                           "=",
                           "omitempty =true",
                           "OMITEMPTY=true"}) {
    INFO(text);
    std::vector<OptionError> errors;
    ParseOptions(text, &errors);
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].parameter == text);
    CHECK_FALSE(errors[0].message.empty());
    CHECK_FALSE(errors[0].help.empty());
  }
  std::vector<OptionError> errors;
  CHECK(ParseOptions("x=1,werror,y=2", &errors).werror);
  CHECK(errors.size() == 2);
}

TEST_CASE("help documents every parameter") {
  const std::string help = OptionsHelp();
  for (const std::string_view name : OptionNames()) {
    INFO(name);
    CHECK(help.find("  " + std::string(name) + '=') != std::string::npos);
  }
}

}  // namespace
}  // namespace kratos::plugin
