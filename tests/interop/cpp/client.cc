// Runs the table of cases against a server and prints a line per case: "ok NAME", "FAIL NAME: why",
// "known NAME: which fault" or "open NAME: which difference".
// "travel" in place of a table: the cases of travel.h.
// Cases that write the request byte for byte are the Go client program's.
//
//   kratos_interop_client HOST:PORT go|cpp CASES.textproto|travel
#include <fmt/format.h>
#include <google/protobuf/text_format.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "calls.h"
#include "cases.pb.h"
#include "check.h"
#include "greeter.http.pb.h"
#include "interop.pb.h"
#include "kratos/http/client.h"
#include "say.h"
#include "stream_check.h"
#include "travel.h"

namespace {

using google::protobuf::Message;

// Makes the call; what is wrong with its outcome, or "".
std::string Run(const std::shared_ptr<kratos::http::Client>& client, const interop::Case& row,
                const interop::Expectation& expected) {
  const auto call = interop::Calls().find(row.method());
  if (call == interop::Calls().end()) return "no such rpc: " + row.method();
  const std::unique_ptr<Message> request = interop::Unpack(row.request());
  if (request == nullptr) return "the request's type is not known";
  if (row.has_fill() && !interop::FillField(row.fill(), request.get()))
    return "no such field to fill: " + row.fill().field();
  kratos::http::CallOptions options;
  options.timeout = std::chrono::milliseconds(row.timeout_ms() > 0 ? row.timeout_ms() : 30'000);
  if (!row.codec().empty()) options.content_type = options.accept = "application/" + row.codec();
  kratos::Context ctx;
  return interop::Check(row, *request, call->second(client, ctx, *request, options), expected);
}

// Prints the line of a case and counts its failure.
int Report(const std::string& name, std::string problem, const interop::Expectation& expected) {
  const std::string& listed = expected.has_open() ? expected.open() : expected.known_fault();
  if (!listed.empty() && problem.empty()) {
    problem = fmt::format("listed as not working ({}) but it works", listed);
  } else if (!listed.empty()) {
    fmt::print("{} {}: {}\n", expected.has_open() ? "open" : "known", name, listed);
    return 0;
  }
  fmt::print("{}\n", problem.empty() ? "ok " + name : fmt::format("FAIL {}: {}", name, problem));
  return problem.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view kind = argc == 4 ? argv[2] : "";
  if (kind != "go" && kind != "cpp") {
    std::fprintf(stderr, "usage: kratos_interop_client HOST:PORT go|cpp CASES.textproto|travel\n");
    return 2;
  }
  if (std::string_view(argv[3]) == "travel") {
    const interop::Traveller traveller;
    const auto say = interop::SayOver<helloworld::GreeterHttpClient, kratos::http::Client,
                                      kratos::http::ClientOptions>(traveller, argv[1]);
    return say.ok() && traveller.RunCases("http", kind == "go", *say) == 0 ? 0 : 1;
  }
  std::ifstream file(argv[3]);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  interop::CaseTable table;
  if (!google::protobuf::TextFormat::ParseFromString(text, &table) ||
      (table.cases().empty() && table.streams().empty())) {
    std::fprintf(stderr, "client: %s is no table of cases\n", argv[3]);
    return 2;
  }
  kratos::http::ClientOptions options;
  options.endpoint = argv[1];
  // What a Go server takes.
  options.streams.kratos_uploads = kind == "go";
  auto client = kratos::http::Client::Create(options);
  if (!client.ok()) {
    std::fprintf(stderr, "client: %s\n", client.status().message().c_str());
    return 2;
  }
  const interop::Peer server = kind == "go" ? interop::GO : interop::CPP;
  int failed = 0;
  for (const interop::Case& row : table.cases()) {
    if (row.has_raw()) continue;
    const interop::Expectation& expected = interop::ExpectationFor(row.expect(), server);
    failed += Report(row.name(), Run(*client, row, expected), expected);
  }
  for (const interop::StreamCase& row : table.streams()) {
    if (row.server() != interop::ANY && row.server() != server) continue;
    const interop::Expectation& expected = interop::ExpectationFor(row.expect(), server);
    failed += Report(row.name(), interop::CheckStream(*client, row, expected), expected);
  }
  return failed == 0 ? 0 : 1;
}
