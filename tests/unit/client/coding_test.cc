// Replies with content codings.
#include "client_fixture.h"
#include "google/api/httpbody.pb.h"
#include "http/compression/compressor.h"

namespace kratos::http {
namespace {

std::string Compressed(Coding coding, const std::string& text) {
  auto compressor = MakeCompressor(coding, CompressionLevel::kBalanced, text.size());
  std::string out;
  REQUIRE(compressor->Feed(text, &out));
  REQUIRE(compressor->Finish(&out));
  return out;
}

std::string Gzip(const std::string& text) { return Compressed(Coding::kGzip, text); }

std::string Coded(std::string_view codings, std::string_view body,
                  std::string_view status = "200 OK") {
  return Reply(status, "application/json", body,
               "Content-Encoding: " + std::string(codings) + "\r\n");
}

std::string CodedInChunks(std::string_view coding, const std::string& body) {
  std::string out =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: " + std::string(coding) +
      "\r\n\r\n";
  for (const char byte : body) out.append("1\r\n").append(1, byte).append("\r\n");
  return out + "0\r\n\r\n";
}

const std::string kText = R"({"message":"m"})";

TEST_CASE("every coding is undone, by any of its names", "[client]") {
  struct Row {
    std::string codings;
    std::string body;
  };
  std::vector<Row> rows = {{"gzip", Gzip(kText)},
                           {"GZIP", Gzip(kText)},
                           {"x-gzip", Gzip(kText)},
                           {"identity", kText},
                           {"gzip, Identity", Gzip(kText)},
                           {"gzip, gzip", Gzip(Gzip(kText))},
                           {"gzip\r\nContent-Encoding: gzip", Gzip(Gzip(kText))},
                           {"gzip", Gzip(R"({"message":)") + Gzip(R"("m"})")}};
  for (const Coding coding : ReplyCodings())
    rows.push_back({std::string(CodingName(coding)), Compressed(coding, kText)});
  for (const auto& row : rows) {
    for (const bool chunked : {false, true}) {
      INFO(row.codings << (chunked ? ", chunked" : ""));
      const auto reply =
          chunked ? CodedInChunks(row.codings, row.body) : Coded(row.codings, row.body);
      ScriptedServer server({{{reply}, {JsonReply()}}});
      auto client = MakeClient(OptionsFor(server));
      const auto outcome = Invoke(*client, Method("GET", "/"), Call());
      INFO(outcome.status.message());
      REQUIRE(outcome.status.ok());
      CHECK(outcome.answer.message() == "m");
      // What speaks of the coded bytes is of no use to the caller.
      if (row.codings != "identity") {
        CHECK_FALSE(outcome.info.headers.Has("Content-Encoding"));
        CHECK_FALSE(outcome.info.headers.Has("Content-Length"));
      }
      CHECK(Invoke(*client, Method("GET", "/"), Call()).status.ok());
      CHECK(server.accepted() == 1);
    }
  }
}

TEST_CASE("an HttpBody and an error come without their coding", "[client]") {
  ScriptedServer server(
      {{{Coded("gzip", Gzip("raw"))},
        {Coded("gzip", Gzip(R"({"code":409,"reason":"TAKEN"})"), "409 Conflict")}}});
  auto client = MakeClient(OptionsFor(server));
  google::api::HttpBody body;
  Context ctx;
  REQUIRE(client->Invoke(ctx, Method("GET", "/"), Call(), &body, {}).ok());
  CHECK(body.data() == "raw");
  CHECK(body.content_type() == "application/json");
  const auto status = Invoke(*client, Method("GET", "/"), Call()).status;
  CHECK(status.code() == 409);
  CHECK(status.reason() == "TAKEN");
}

// It was a success with what had come.
TEST_CASE("a coded reply that is cut off anywhere is no reply", "[client]") {
  for (const Coding coding : ReplyCodings()) {
    const auto name = CodingName(coding);
    const auto whole = Compressed(coding, kText);
    for (std::size_t size = 1; size < whole.size(); ++size) {
      INFO(name << ", " << size << " bytes of " << whole.size());
      const auto part = whole.substr(0, size);
      ScriptedServer server(
          {{{Coded(name, part)}},
           {{CodedInChunks(name, part)}},
           {{"HTTP/1.1 200 OK\r\nContent-Encoding: " + std::string(name) + "\r\n\r\n" + part}}});
      auto client = MakeClient(OptionsFor(server));
      for (int i = 0; i < 3; ++i) {
        const auto outcome = Invoke(*client, Method("GET", "/"), Call());
        REQUIRE(outcome.status.code() == 503);
        CHECK(outcome.status.reason() == kReasonUnavailable);
        CHECK(outcome.status.message().find("cut short") != std::string::npos);
        CHECK(outcome.info.status == 200);
      }
    }
  }
}

TEST_CASE("a coded reply that is damaged is no reply", "[client]") {
  auto wrong_sum = Gzip(kText);
  wrong_sum[wrong_sum.size() - 5] ^= 1;
  for (const auto& body : {wrong_sum, Gzip(kText) + "x", kText}) {
    ScriptedServer server({{{Coded("gzip", body)}}});
    const auto status = Invoke(*MakeClient(OptionsFor(server)), Method("GET", "/"), Call()).status;
    CHECK(status.code() == 503);
    CHECK(status.message().find("gzip") != std::string::npos);
  }
}

TEST_CASE("max_reply_bytes counts what comes out of the codings", "[client]") {
  const std::string text = "{\"message\":\"" + std::string(100'000, 'm') + "\"}";
  struct Row {
    const char* codings;
    std::string body;
    std::size_t limit;
    bool ok;
  };
  const Row rows[] = {{"gzip", Gzip(text), text.size(), true},
                      {"gzip", Gzip(text), text.size() - 1, false},
                      {"gzip", Gzip(text), 0, true},
                      {"gzip, gzip", Gzip(Gzip(text)), text.size() - 1, false},
                      // Coded it is longer.
                      {"gzip", Gzip("{}"), 2, true}};
  for (const auto& row : rows) {
    INFO(row.codings << ", at most " << row.limit);
    ScriptedServer server({{{Coded(row.codings, row.body)}}});
    auto options = OptionsFor(server);
    options.max_reply_bytes = row.limit;
    const auto outcome = Invoke(*MakeClient(options), Method("GET", "/"), Call());
    CHECK(outcome.status.ok() == row.ok);
    if (!row.ok) CHECK(outcome.status.reason() == kReasonTooLarge);
  }
}

TEST_CASE("where there is no body there is nothing to undo", "[client]") {
  struct Row {
    const char* method;
    std::string reply;
    int status;
  };
  const std::string field = "Content-Encoding: gzip\r\n";
  const Row rows[] = {{"HEAD", "HTTP/1.1 200 OK\r\n" + field + "Content-Length: 9\r\n\r\n", 200},
                      {"GET", "HTTP/1.1 204 No Content\r\n" + field + "\r\n", 204},
                      {"GET", "HTTP/1.1 304 Not Modified\r\n" + field + "\r\n", 304},
                      {"GET", Coded("gzip", ""), 200}};
  for (const auto& row : rows) {
    INFO(row.method << ' ' << row.status);
    ScriptedServer server({{{row.reply}}});
    const auto outcome = Invoke(*MakeClient(OptionsFor(server)), Method(row.method, "/"), Call());
    CHECK(outcome.info.status == row.status);
    CHECK(outcome.status.ok() == (row.status != 304));
  }
}

TEST_CASE("a part of a coded reply is left as it is", "[client]") {
  const auto part = Gzip(kText).substr(2, 10);
  ScriptedServer server({{{Coded("gzip", part, "206 Partial Content")}}});
  Context ctx;
  Request request;
  request.method = "GET";
  request.target = "/";
  const auto reply = MakeClient(OptionsFor(server))->Do(ctx, request);
  REQUIRE(reply.ok());
  CHECK(reply->body == part);
  CHECK(reply->headers.Get("Content-Encoding") == "gzip");
}

}  // namespace
}  // namespace kratos::http
