#include "main/plugin_main.h"

#include <fcntl.h>
#include <google/protobuf/arena.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

#include "request/parse_request.h"

namespace kratos::plugin {

namespace {

constexpr int kFailure = 1;
constexpr int kUsage = 2;
/// What is written to standard output at a time: a pipe's capacity.
constexpr int kOutputBlock = 1 << 16;

void Say(std::FILE* stream, const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

std::string NameOf(const Program& program) { return "protoc-gen-" + program.flag; }

int Complain(const Program& program, const std::string& text, int code) {
  Say(stderr, NameOf(program) + ": " + text + '\n');
  return code;
}

std::string Help(const Program& program) {
  return "Usage: protoc --" + program.flag + "_out=[PARAMETERS:]DIR [--" + program.flag +
         "_opt=PARAMETERS] FILE.proto...\n\n" + program.summary +
         " protoc finds the plugin in PATH, or with\n--plugin=" + NameOf(program) +
         "=PATH.\n"
         "\n"
         "Parameters, joined by commas:\n" +
         program.parameters +
         "\n"
         "Run by hand:\n"
         "  --help     Print this text.\n"
         "  --version  Print the version.\n";
}

bool ReadAll(int descriptor, std::string* out) {
  char buffer[1 << 16];
  while (true) {
    const ssize_t count = ::read(descriptor, buffer, sizeof(buffer));
    if (count == 0) return true;
    if (count < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    out->append(buffer, static_cast<std::size_t>(count));
  }
}

/// Answers the request on standard input. The objects made of a large file, hundreds of thousands,
/// are never taken apart, since the process ends behind it; static references keep them from being
/// leaks.
int ServeProtoc(const Program& program) {
  std::string input;
  if (!ReadAll(STDIN_FILENO, &input))
    return Complain(program, "standard input cannot be read", kFailure);
  google::protobuf::ArenaOptions options;
  options.max_block_size = std::size_t{1} << 20;  // A large file is made of many small messages.
  static auto& arena = *new google::protobuf::Arena(options);
  using google::protobuf::compiler::CodeGeneratorRequest;
  CodeGeneratorRequest& request = *CodeGeneratorRequest::default_instance().New(&arena);
  if (!ParseRequest(input, program.located, &request) || request.file_to_generate().empty()) {
    return Complain(
        program,
        "standard input holds no CodeGeneratorRequest; run the plugin through protoc --" +
            program.flag + "_out=DIR",
        kFailure);
  }
  static const auto& generated = *new Generated(program.generate(request));
  Say(stderr, generated.warnings);
  google::protobuf::io::FileOutputStream output(STDOUT_FILENO, kOutputBlock);
  const bool serialised = generated.response.SerializeToZeroCopyStream(&output);
  if (!output.Flush() || output.GetErrno() != 0) {
    return Complain(program, "standard output cannot be written", kFailure);
  }
  if (!serialised) return Complain(program, "the response cannot be serialised", kFailure);
  return 0;
}

int Run(int argc, char** argv, const Program& program) {
  if (argc > 1) {
    const std::string_view flag = argv[1];
    if (flag == "--help" || flag == "-h") {
      Say(stdout, Help(program));
      return 0;
    }
    if (flag == "--version") {
      Say(stdout, NameOf(program) + ' ' + program.version + '\n');
      return 0;
    }
    return Complain(program, "unknown argument \"" + std::string(flag) + "\"; try --help", kUsage);
  }
  if (::isatty(STDIN_FILENO) == 1) {
    return Complain(program,
                    "this is a protoc plugin: run protoc --" + program.flag +
                        "_out=DIR FILE.proto, or try --help",
                    kUsage);
  }
  return ServeProtoc(program);
}

}  // namespace

int PluginMain(int argc, char** argv, const Program& program) {
  try {
    return Run(argc, argv, program);
  } catch (const std::exception& error) {
    return Complain(program, std::string("internal error: ") + error.what(), kFailure);
  }
}

std::optional<std::string> ReadFile(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  std::string text;
  const bool read = ReadAll(descriptor, &text);  // A directory opens but cannot be read.
  ::close(descriptor);
  if (!read) return std::nullopt;
  return text;
}

}  // namespace kratos::plugin
