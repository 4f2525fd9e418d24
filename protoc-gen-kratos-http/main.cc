// The only file that touches stdin, stdout, stderr, the file system and the exit code.
#include <google/protobuf/compiler/plugin.pb.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "generator.h"
#include "options.h"

namespace {

constexpr int kFailure = 1;
constexpr int kUsage = 2;
constexpr char kName[] = "protoc-gen-kratos-http";

void Say(std::FILE* stream, const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

int Complain(const std::string& text, int code) {
  Say(stderr, std::string(kName) + ": " + text + '\n');
  return code;
}

std::string Help() {
  return "Usage: protoc --kratos-http_out=[PARAMETERS:]DIR [--kratos-http_opt=PARAMETERS] "
         "FILE.proto...\n"
         "\n"
         "Reads google.api.http rules and writes FILE.http.pb.h and FILE.http.pb.cc: a server "
         "class, its\n"
         "HTTP routes and a typed HTTP client for each service. protoc finds the plugin in PATH, "
         "or with\n"
         "--plugin=protoc-gen-kratos-http=PATH.\n"
         "\n"
         "Parameters, joined by commas:\n" +
         kratos::plugin::OptionsHelp() +
         "\n"
         "Run by hand:\n"
         "  --help     Print this text.\n"
         "  --version  Print the version.\n";
}

bool ReadAll(std::string* out) {
  char buffer[1 << 16];
  while (true) {
    const ssize_t count = ::read(STDIN_FILENO, buffer, sizeof(buffer));
    if (count == 0) return true;
    if (count < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    out->append(buffer, static_cast<std::size_t>(count));
  }
}

std::optional<std::string> ReadFile(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return std::nullopt;
  std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  // A directory opens but cannot be read.
  if (stream.bad()) return std::nullopt;
  return text;
}

/// Answers the request on standard input.
int ServeProtoc() {
  std::string input;
  if (!ReadAll(&input)) return Complain("standard input cannot be read", kFailure);
  google::protobuf::compiler::CodeGeneratorRequest request;
  if (!request.ParseFromString(input) || request.file_to_generate().empty()) {
    return Complain(
        "standard input holds no CodeGeneratorRequest; run the plugin through protoc "
        "--kratos-http_out=DIR",
        kFailure);
  }
  input.clear();
  const kratos::plugin::Generated generated = kratos::plugin::Generate(request, ReadFile);
  Say(stderr, generated.warnings);
  std::string output;
  if (!generated.response.SerializeToString(&output)) {
    return Complain("the response cannot be serialised", kFailure);
  }
  Say(stdout, output);
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    return Complain("standard output cannot be written", kFailure);
  }
  return 0;
}

int Run(int argc, char** argv) {
  if (argc > 1) {
    const std::string_view flag = argv[1];
    if (flag == "--help" || flag == "-h") {
      Say(stdout, Help());
      return 0;
    }
    if (flag == "--version") {
      Say(stdout, std::string(kName) + ' ' + KRATOS_VERSION + '\n');
      return 0;
    }
    return Complain("unknown argument \"" + std::string(flag) + "\"; try --help", kUsage);
  }
  if (::isatty(STDIN_FILENO) == 1) {
    return Complain(
        "this is a protoc plugin: run protoc --kratos-http_out=DIR FILE.proto, or try --help",
        kUsage);
  }
  return ServeProtoc();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return Run(argc, argv);
  } catch (const std::exception& error) {
    return Complain(std::string("internal error: ") + error.what(), kFailure);
  }
}
