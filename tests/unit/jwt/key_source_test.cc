#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "../log/capture.h"
#include "keys.h"
#include "kratos/jwt/key.h"
#include "support/catch.h"

namespace kratos::jwt {
namespace {

std::string Ids(const std::vector<Key>& keys) {
  std::string ids;
  for (const Key& key : keys) ids += key.id() + ";";
  return ids;
}

TEST_CASE("jwt key source: by id, and keys without one always") {
  const auto keys = MakeKeySource(
      {*Key::FromSecret("1", "a"), *Key::FromSecret("2", "b"), *Key::FromSecret("3")});
  CHECK(Ids(keys->Find("a")) == "a;;");
  CHECK(Ids(keys->Find("b")) == "b;;");
  CHECK(Ids(keys->Find("c")) == ";");
  CHECK(Ids(keys->Find("")) == "a;b;;");
  CHECK(MakeKeySource({})->Find("").empty());
}

// A file that goes away with the object.
class File {
 public:
  File() {
    std::string pattern = (std::filesystem::temp_directory_path() / "kratos-jwks-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~File() { std::filesystem::remove_all(path_); }
  std::string path() const { return (path_ / "keys.json").string(); }
  // As programs replace files that others read.
  void Replace(const std::string& text) const {
    std::ofstream((path_ / "new").string()) << text;
    std::filesystem::rename(path_ / "new", path());
  }
  void Remove() const { std::filesystem::remove(path()); }

 private:
  std::filesystem::path path_;
};

std::string SetOf(const std::string& id) {
  return R"({"keys":[{"kty":"oct","k":"AAAA","kid":")" + id + R"("}]})";
}

TEST_CASE("jwt key file: read again when it has changed, at most so often") {
  log::CaptureLogger log;
  log::SetDefault(*log);
  const File file;
  file.Replace(SetOf("first"));
  auto now = std::make_shared<std::chrono::steady_clock::time_point>(std::chrono::hours(9));
  JwksFileOptions options;
  options.clock = [now] { return *now; };
  const auto keys = OpenJwksFile(file.path(), options);
  REQUIRE(keys.ok());
  CHECK(Ids((*keys)->Find("")) == "first;");

  file.Replace(SetOf("second"));
  *now += std::chrono::milliseconds(9'999);
  CHECK(Ids((*keys)->Find("")) == "first;");
  *now += std::chrono::milliseconds(1);
  CHECK(Ids((*keys)->Find("")) == "second;");
  CHECK(log.Take().empty());

  // What cannot be used leaves the keys as they are, and says so once.
  file.Replace("half a fi");
  *now += std::chrono::seconds(10);
  CHECK(Ids((*keys)->Find("")) == "second;");
  CHECK(log.Take().find("a key file cannot be used") != std::string::npos);
  CHECK(Ids((*keys)->Find("")) == "second;");
  CHECK(log.Take().empty());
  file.Remove();
  *now += std::chrono::seconds(10);
  CHECK(Ids((*keys)->Find("")) == "second;");
  file.Replace(SetOf("third"));
  *now += std::chrono::seconds(10);
  CHECK(Ids((*keys)->Find("")) == "third;");
  log::ResetDefault();
}

TEST_CASE("jwt key file: one that cannot be used at first is an error") {
  const File file;
  CHECK(OpenJwksFile(file.path()).status().reason() == "BAD_KEY");
  file.Replace("{}");
  CHECK(OpenJwksFile(file.path()).status().reason() == "BAD_KEY");
}

}  // namespace
}  // namespace kratos::jwt
