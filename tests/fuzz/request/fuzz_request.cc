// Any bytes are a connection: whatever comes back is HTTP/1.1 with a status that the documents
// know, and the same wherever the bytes were cut.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kratos/http/context.h"
#include "kratos/http/server.h"
#include "kratos/log/log.h"
#include "kratos/testing/in_memory_server.h"
#include "notes_service.h"

namespace {

using kratos::http::Context;
using kratos::testing::InMemoryServer;

[[noreturn]] void Fail(const char* what, std::string_view replies) {
  std::fprintf(stderr, "%s in the replies:\n%.*s\n", what, static_cast<int>(replies.size()),
               replies.data());
  std::abort();
}

class NoLog final : public kratos::log::Handler {
  void Handle(const kratos::Context*, kratos::log::Record) override {}
};

kratos::Status Echo(Context& ctx) {
  auto writer = ctx.BlobStream(200, "application/octet-stream");
  if (!writer.ok()) return writer.status();
  std::string part;
  while (true) {
    part.clear();
    const kratos::Result<bool> more = ctx.ReadBody(&part);
    if (!more.ok()) return more.status();
    if (!*more) return {};
    if (kratos::Status status = writer->Write(part); !status.ok()) return status;
  }
}

// One server for all inputs; it keeps nothing of them.
class Target {
 public:
  Target() : server_(Options()) {
    kratos::log::SetDefault(kratos::log::Logger(std::make_shared<NoLog>()));
    memory_test::RegisterNotesHttpServer(server_, std::make_shared<memory_test::NotesService>());
    server_.Route("/").Get("/hand/{name}/{rest=**}", [](Context& ctx) {
      return ctx.String(200, ctx.Vars()[0].second + ctx.Vars()[1].second);
    });
    server_.Route("/").Stream("POST", "/echo", Echo);
    auto made = InMemoryServer::Create(server_);
    if (!made.ok()) std::abort();
    memory_ = std::move(*made);
  }

  std::string Call(std::string_view bytes, kratos::testing::RawOptions options = {}) {
    return memory_->CallRaw(bytes, options);
  }
  /// What the calls since the last time were like.
  struct Seen {
    bool cut = false;     ///< one saw how the bytes were cut
    bool failed = false;  ///< one failed, maybe in the middle of its reply
  };
  Seen Take() { return std::exchange(seen_, {}); }

 private:
  kratos::http::ServerOptions Options() {
    kratos::http::ServerOptions options;
    options.timeout = std::chrono::milliseconds(0);
    options.limits.max_body_bytes = 1000;
    options.limits.max_target_bytes = 500;
    options.limits.max_header_bytes = 1000;
    options.limits.max_header_count = 20;
    options.limits.max_requests_per_connection = 50;
    options.filters.push_back([this](kratos::http::HandlerFunc next) -> kratos::http::HandlerFunc {
      return [this, next = std::move(next)](Context& ctx) {
        kratos::Status status = next(ctx);
        const std::string& operation = ctx.transport().operation;
        if (operation == "/echo" || operation == memory_test::kOperationNotesUpload)
          seen_.cut = true;
        if (!status.ok()) seen_.failed = true;
        return status;
      };
    });
    // What would go on until somebody hangs up, or for very long.
    options.middleware.push_back([](kratos::Handler next) -> kratos::Handler {
      return
          [next = std::move(next)](kratos::Context& ctx, const google::protobuf::Message& request,
                                   google::protobuf::Message* reply) -> kratos::Status {
            const auto* watch = dynamic_cast<const memory_test::WatchNotes*>(&request);
            if (ctx.transport().operation == memory_test::kOperationNotesWait ||
                (watch != nullptr &&
                 (watch->count() < 0 || watch->count() > 20 || watch->fail_after() <= -2)))
              return kratos::Conflict("TOO_LONG", "not here");
            return next(ctx, request, reply);
          };
    });
    return options;
  }

  Seen seen_;
  kratos::http::Server server_;
  std::unique_ptr<InMemoryServer> memory_;
};

bool Take(std::string_view* text, std::string_view what) {
  if (!text->starts_with(what)) return false;
  text->remove_prefix(what.size());
  return true;
}

// Up to `end`, which is taken too.
std::optional<std::string_view> TakeUntil(std::string_view* text, std::string_view end) {
  const auto at = text->find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view taken = text->substr(0, at);
  text->remove_prefix(at + end.size());
  return taken;
}

std::optional<std::size_t> Number(std::string_view text, int base) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// docs/guide/errors.md, and what the service of this target answers by itself.
bool IsDocumented(int status) {
  static const std::set<int> known = {100, 200, 204, 400, 404, 405, 409, 413, 414,
                                      415, 426, 431, 499, 500, 501, 504, 505};
  return known.contains(status);
}

struct Replies {
  std::vector<int> statuses;  ///< without 100
  bool broke_off = false;
};

struct Head {
  int status = 0;
  std::optional<std::size_t> length{};
  bool chunked = false;
  bool close = false;
};

Head TakeHead(std::string_view* rest, std::string_view all) {
  Head head;
  if (!Take(rest, "HTTP/1.1 ")) Fail("no status line", all);
  const auto line = TakeUntil(rest, "\r\n");
  if (!line || line->size() < 4 || (*line)[3] != ' ') Fail("a broken status line", all);
  const auto status = Number(line->substr(0, 3), 10);
  if (!status || !IsDocumented(static_cast<int>(*status)))
    Fail("a status that no document knows", all);
  head.status = static_cast<int>(*status);
  while (true) {
    const auto field = TakeUntil(rest, "\r\n");
    if (!field) Fail("a head without an end", all);
    if (field->empty()) return head;
    const auto colon = field->find(": ");
    if (colon == std::string_view::npos || !kratos::IsToken(field->substr(0, colon)))
      Fail("a broken field", all);
    const std::string_view name = field->substr(0, colon);
    const std::string_view value = field->substr(colon + 2);
    if (!kratos::IsFieldValue(value)) Fail("a control character", all);
    if (name == "Connection" && value == "close") head.close = true;
    if (name == "Transfer-Encoding") {
      if (value != "chunked" || head.chunked) Fail("a transfer coding", all);
      head.chunked = true;
    }
    if (name == "Content-Length") {
      if (head.length) Fail("two lengths", all);
      head.length = Number(value, 10);
      if (!head.length) Fail("a length that is none", all);
    }
  }
}

// False when the body broke off behind a chunk.
bool TakeChunks(std::string_view* rest, std::string_view all) {
  while (true) {
    if (rest->empty()) return false;
    const auto text = TakeUntil(rest, "\r\n");
    const auto size = text ? Number(*text, 16) : std::nullopt;
    if (!size) Fail("a chunk's size that is none", all);
    if (*size == 0) break;
    if (rest->size() < *size + 2 || rest->substr(*size, 2) != "\r\n") Fail("a short chunk", all);
    rest->remove_prefix(*size + 2);
  }
  if (!Take(rest, "\r\n")) Fail("a trailer that nobody sent", all);
  return true;
}

Replies Read(std::string_view all) {
  Replies replies;
  std::string_view rest = all;
  while (!rest.empty()) {
    const Head head = TakeHead(&rest, all);
    if (head.status == 100) {
      if (head.chunked || head.length || head.close) Fail("a 100 with fields", all);
      continue;
    }
    replies.statuses.push_back(head.status);
    // What asked with HEAD has no body, and nobody here knows.
    const auto at_end = [](std::string_view text) {
      return text.empty() || text.starts_with("HTTP/1.1 ");
    };
    if (head.chunked && head.length) Fail("two framings", all);
    if (head.status == 204) {
      if (head.chunked || head.length) Fail("a 204 that is framed", all);
    } else if (head.chunked) {
      if (!at_end(rest)) replies.broke_off = !TakeChunks(&rest, all);
    } else if (head.length) {
      const bool whole = rest.size() >= *head.length && at_end(rest.substr(*head.length));
      if (!whole && !at_end(rest)) Fail("a body that is not as long as its length", all);
      if (whole) rest.remove_prefix(*head.length);
    } else {
      // HTTP/1.0: up to the end of the connection.
      if (!head.close) Fail("a body without framing", all);
      rest = {};
    }
    if (head.close && !rest.empty()) Fail("something behind the last reply", all);
  }
  return replies;
}

// A head may be refused for another reason while less of it is there: a long line at once, or, when
// its end has come too, for something else in it, or not at all if the rest never comes.
bool SameButForTheReason(std::vector<int> a, std::vector<int> b) {
  if (a == b) return true;
  if (a.size() < b.size()) a.swap(b);
  const int last = a.back();
  a.pop_back();
  if (a == b) return last == 414 || last == 431;
  if (a.size() + 1 != b.size()) return false;
  const int other = b.back();
  b.pop_back();
  const auto refused = [](int status) {
    return status == 400 || status == 413 || status == 414 || status == 431 || status == 501 ||
           status == 505;
  };
  return a == b && refused(last) && refused(other);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Target target;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string out = target.Call(bytes);
  const Replies whole = Read(out);
  const std::string cut_out = target.Call(bytes, {.piece_bytes = 1});
  const Replies cut = Read(cut_out);
  const Target::Seen seen = target.Take();
  if (!seen.failed && (whole.broke_off || cut.broke_off)) Fail("a body without its end", out);
  if (!seen.cut && !SameButForTheReason(whole.statuses, cut.statuses))
    Fail("other statuses when bytes come one by one", out + "\n--\n" + cut_out);
  // Whoever hangs up gets less, but nothing else.
  Read(target.Call(bytes, {.piece_bytes = 5, .hang_up = true}));
  target.Take();
  return 0;
}
