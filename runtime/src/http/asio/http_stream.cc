#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <optional>
#include <utility>

#include "http/asio/client_socket.h"
#include "http/client_stream_wire.h"

namespace kratos::http {

namespace {

namespace beast = boost::beast;
using boost::system::error_code;
using Outcome = SocketTransport::Outcome;

constexpr std::size_t kBlock = 32 * 1024;

using Parser = beast::http::response_parser<beast::http::buffer_body>;

std::string FormatHead(const WireRequest& request) {
  std::string head = fmt::format("{} {} HTTP/1.1\r\n", request.method, request.target);
  for (const auto& [name, value] : *request.headers)
    head.append(name).append(": ").append(value).append("\r\n");
  return head;
}

}  // namespace

struct HttpStream::Impl {
  explicit Impl(std::shared_ptr<ClientSocket> with) : socket(std::move(with)) { Reset(); }

  void Reset() {
    parser.emplace();
    parser->header_limit(kMaxReplyHead);
    parser->body_limit(boost::none);
  }

  std::string_view Unread() const { return std::string_view(in).substr(begin); }

  // Makes room for another block; how it ended.
  Outcome Fill(bool wait) {
    in.erase(0, begin);
    begin = 0;
    const std::size_t old = in.size();
    in.resize(old + kBlock);
    const auto moved =
        wait ? socket->Read(in.data() + old, kBlock) : socket->TryRead(in.data() + old, kBlock);
    in.resize(old + moved.bytes);
    return moved.outcome;
  }

  // Parses what is there. False when it takes more bytes.
  bool Parse(error_code* error) {
    *error = {};
    if (Unread().empty()) return false;
    begin += parser->put(boost::asio::buffer(in.data() + begin, in.size() - begin), *error);
    if (*error != beast::http::error::need_more) return true;
    *error = {};
    return false;
  }

  // The head as far as it can be read without waiting; skips interim replies.
  bool ParseHead(error_code* error) {
    while (!parser->is_header_done()) {
      if (!Parse(error)) return false;
      if (*error) return true;
      if (parser->is_header_done() && parser->get().result_int() / 100 == 1) Reset();
    }
    return true;
  }

  Wrote WriteWatching(std::span<std::string_view> pieces);

  std::shared_ptr<ClientSocket> socket;
  std::string in;
  std::size_t begin = 0;
  std::optional<Parser> parser;
};

HttpStream::HttpStream(std::shared_ptr<ClientSocket> socket)
    : impl_(std::make_unique<Impl>(std::move(socket))) {}

HttpStream::~HttpStream() = default;

bool HttpStream::Send(const WireRequest& request) {
  std::string head = FormatHead(request);
  const bool may_have_body =
      request.method != "GET" && request.method != "HEAD" && request.method != "DELETE";
  if (!request.body->empty() || may_have_body)
    head += fmt::format("Content-Length: {}\r\n", request.body->size());
  head += "\r\n";
  std::array<std::string_view, 2> pieces{head, *request.body};
  return impl_->socket->Write(pieces) == ClientSocket::Wrote::kAll;
}

bool HttpStream::StartUpload(const WireRequest& request) {
  const std::string head = FormatHead(request) + "Transfer-Encoding: chunked\r\n\r\n";
  std::array<std::string_view, 1> pieces{head};
  return impl_->socket->Write(pieces) == ClientSocket::Wrote::kAll;
}

// A server that answers before it has read all may never read the rest.
HttpStream::Wrote HttpStream::Impl::WriteWatching(std::span<std::string_view> pieces) {
  while (true) {
    while (true) {
      error_code error;
      // What is not HTTP is for ReadHead to say.
      if (ParseHead(&error)) return Wrote::kAnswered;
      const Outcome outcome = Fill(false);
      if (outcome == Outcome::kWantRead || outcome == Outcome::kWantWrite) break;
      if (outcome != Outcome::kDone) return Wrote::kBroken;
    }
    switch (socket->Write(pieces, true)) {
      case ClientSocket::Wrote::kAll:
        return Wrote::kSent;
      case ClientSocket::Wrote::kReadable:
        break;
      case ClientSocket::Wrote::kBroken:
        // Its answer may have come before.
        error_code error;
        (void)Fill(false);
        return ParseHead(&error) ? Wrote::kAnswered : Wrote::kBroken;
    }
  }
}

HttpStream::Wrote HttpStream::WriteBody(std::string_view bytes) {
  if (bytes.empty()) return Wrote::kSent;  // An empty chunk would be the last.
  const std::string size = fmt::format("{:x}\r\n", bytes.size());
  std::array<std::string_view, 3> pieces{size, bytes, "\r\n"};
  return impl_->WriteWatching(pieces);
}

HttpStream::Wrote HttpStream::EndBody() {
  std::array<std::string_view, 1> pieces{"0\r\n\r\n"};
  return impl_->WriteWatching(pieces);
}

WireOutcome HttpStream::ReadHead(Response* reply, std::string* why) {
  *reply = Response();
  reply->status = 0;
  error_code error;
  while (!impl_->ParseHead(&error)) {
    if (impl_->Fill(true) == Outcome::kDone) continue;
    *why = "the connection was closed before there was a reply";
    return WireOutcome::kNoReply;
  }
  if (error) {
    *why = fmt::format("what came is not an HTTP reply: {}", error.message());
    return WireOutcome::kNoReply;
  }
  const auto& head = impl_->parser->get();
  reply->status = static_cast<int>(head.result_int());
  for (const auto& field : head) {
    const auto name = field.name_string();
    const auto value = field.value();
    reply->headers.Add({name.data(), name.size()}, {value.data(), value.size()});
  }
  return WireOutcome::kReply;
}

HttpStream::Part HttpStream::ReadBody(std::string* part) {
  auto& parser = *impl_->parser;
  const std::size_t old = part->size();
  part->resize(old + kBlock);
  auto& body = parser.get().body();
  body.data = part->data() + old;
  body.size = kBlock;
  body.more = true;
  const auto produced = [&] { return kBlock - body.size; };
  auto result = Part::kBytes;
  while (produced() == 0 && !parser.is_done()) {
    error_code error;
    if (impl_->Parse(&error)) {
      if (!error || error == beast::http::error::need_buffer) continue;
      result = Part::kTruncated;
      break;
    }
    const Outcome outcome = impl_->Fill(true);
    if (outcome == Outcome::kDone) continue;
    if (outcome == Outcome::kEnd) parser.put_eof(error);
    if (outcome != Outcome::kEnd || error) {
      result = Part::kTruncated;
      break;
    }
  }
  if (produced() != 0) {
    result = Part::kBytes;
  } else if (parser.is_done()) {
    result = Part::kEnd;
  }
  part->resize(old + produced());
  return result;
}

WireOutcome HttpStream::ReadAll(std::size_t max_bytes, std::string* body, std::string* why) {
  while (true) {
    switch (ReadBody(body)) {
      case Part::kBytes:
        if (max_bytes == 0 || body->size() <= max_bytes) break;
        body->resize(max_bytes);
        *why = fmt::format("the reply is larger than {} bytes", max_bytes);
        return WireOutcome::kTooLarge;
      case Part::kEnd:
        return WireOutcome::kReply;
      case Part::kTruncated:
        *why = "the connection was closed before the reply was complete";
        return WireOutcome::kTruncated;
    }
  }
}

}  // namespace kratos::http
