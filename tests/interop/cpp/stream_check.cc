#include "stream_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "check.h"
#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "stream_calls.h"
#include "streams.http.pb.h"

namespace interop {

namespace {

using google::api::HttpBody;
using google::protobuf::Message;
using kratos::Result;
using kratos::Status;
using Messages = std::vector<std::unique_ptr<Message>>;

// Empty when something cannot be unpacked.
Messages ToSend(const StreamCase& row) {
  Messages messages;
  for (int i = 0; i < std::max(row.times(), 1); ++i) {
    for (const auto& packed : row.send()) {
      messages.push_back(Unpack(packed));
      if (messages.back() == nullptr) return {};
      if (row.has_fill() && !FillField(row.fill(), messages.back().get())) return {};
    }
  }
  return messages;
}

class Run {
 public:
  Run(const StreamCase& row, const StreamMethod& method, const Messages& sent)
      : row_(row), method_(method), sent_(sent) {}

  Status Call(const std::shared_ptr<kratos::http::Client>& client);
  const Messages& received() const { return received_; }

 private:
  Status Talk();
  Result<bool> Receive();
  Status Drain();
  bool Cancels() const { return row_.cancel_after() > 0; }

  const StreamCase& row_;
  const StreamMethod& method_;
  const Messages& sent_;
  Messages received_;
  std::unique_ptr<Stream> stream_;
};

Status Run::Call(const std::shared_ptr<kratos::http::Client>& client) {
  kratos::Context ctx;
  ctx.LimitDeadline(std::chrono::steady_clock::now() + std::chrono::seconds(60));
  auto opened = method_.open(client, ctx, method_.client ? nullptr : sent_.front().get());
  if (!opened.ok()) return opened.status();
  stream_ = std::move(*opened);
  Status status = method_.client ? Talk() : Drain();
  stream_.reset();
  return status;
}

Result<bool> Run::Receive() {
  std::unique_ptr<Message> message(method_.reply->New());
  auto more = stream_->Recv(message.get());
  if (more.ok() && *more) received_.push_back(std::move(message));
  return more;
}

Status Run::Drain() {
  while (true) {
    const int count = static_cast<int>(received_.size());
    if (Cancels() && count == row_.cancel_after()) stream_->Cancel();
    if (Cancels() && count > row_.cancel_after() + 1000) return {};
    const auto more = Receive();
    if (!more.ok() || !*more) return more.status();
  }
}

Status Run::Talk() {
  if (row_.method() == "Greet") {
    if (const auto more = Receive(); !more.ok() || !*more) return more.status();
  }
  for (const auto& message : sent_) {
    // Why it fails is told by Recv.
    if (!stream_->Send(*message).ok()) break;
    if (!method_.server || row_.burst()) continue;
    if (const auto more = Receive(); !more.ok() || !*more) return more.status();
  }
  if (!Cancels()) {
    if (Status status = stream_->CloseSend(); !status.ok()) return status;
  }
  return Drain();
}

std::unique_ptr<Message> Copy(const Message& message) {
  std::unique_ptr<Message> copy(message.New());
  copy->CopyFrom(message);
  return copy;
}

std::unique_ptr<Item> MakeItem(const std::string& name, int number) {
  auto item = std::make_unique<Item>();
  item->set_name(name);
  item->set_number(number);
  return item;
}

// What the server should have sent to a WatchRequest.
Messages Watched(const StreamCase& row, const WatchRequest& request) {
  Messages want;
  for (int number = 1; number <= request.count(); ++number) {
    if (row.method() == "Pour") {
      auto body = std::make_unique<HttpBody>();
      body->set_data(request.data());
      want.push_back(std::move(body));
      continue;
    }
    auto item = MakeItem(request.name(), number);
    Fill letters;
    letters.set_field("text");
    letters.set_bytes(request.letters());
    FillField(letters, item.get());
    for (int i = 0; i < request.tags(); ++i) item->add_tags(item->text());
    want.push_back(std::move(item));
  }
  return want;
}

std::unique_ptr<Message> Collected(const Messages& sent) {
  auto want = std::make_unique<Collection>();
  for (const auto& message : sent) {
    if (const auto* item = dynamic_cast<const Item*>(message.get())) {
      *want->add_items() = *item;
    } else if (const auto* body = dynamic_cast<const HttpBody*>(message.get())) {
      *want->mutable_data() += body->data();
    } else if (const auto* request = dynamic_cast<const StoreRequest*>(message.get())) {
      want->set_name(request->name());
      want->set_revision(request->revision());
      *want->mutable_data() += request->file().data();
    }
  }
  return want;
}

Messages Echoed(const StreamCase& row, const Messages& sent) {
  Messages want;
  if (row.method() == "Greet") want.push_back(MakeItem("hello", 0));
  for (const auto& message : sent) {
    const auto* item = dynamic_cast<const Item*>(message.get());
    if (item != nullptr && item->name() == "fail") return want;
    want.push_back(Copy(*message));
  }
  if (row.method() != "EchoBytes") want.push_back(MakeItem("bye", static_cast<int>(sent.size())));
  return want;
}

Messages Wanted(const StreamCase& row, const StreamMethod& method, const Messages& sent,
                const Expectation& expected) {
  Messages want;
  for (const auto& packed : expected.received()) want.push_back(Unpack(packed));
  if (!want.empty()) return want;
  if (const auto* request = dynamic_cast<const WatchRequest*>(sent.front().get()))
    return Watched(row, *request);
  if (method.server) return Echoed(row, sent);
  if (!expected.has_error()) want.push_back(Collected(sent));
  return want;
}

// How raw bytes are cut says nothing, and they are all that counts.
std::string Together(const Messages& messages) {
  std::string bytes;
  for (const auto& message : messages) bytes += dynamic_cast<const HttpBody&>(*message).data();
  return bytes;
}

std::string DifferentMessages(const StreamCase& row, const Messages& got, const Messages& want) {
  if (row.method() == "Pour" || row.method() == "EchoBytes") {
    return Together(got) == Together(want)
               ? ""
               : fmt::format("the bytes are \"{:.300}\", want \"{:.300}\"", Together(got),
                             Together(want));
  }
  for (std::size_t i = 0; i < std::min(got.size(), want.size()); ++i) {
    if (std::string problem = Difference(fmt::format("message {}", i + 1), *got[i], *want[i]);
        !problem.empty()) {
      return problem;
    }
  }
  if (got.size() == want.size()) return "";
  return fmt::format("{} messages, want {}", got.size(), want.size());
}

// Asks whether the server has noticed that the call was given up.
std::string CheckGone(const std::shared_ptr<kratos::http::Client>& client, const Status& status,
                      const Message& first) {
  if (status.ok()) return "messages come in spite of the cancellation";
  if (!kratos::IsClientClosed(status)) return "ended with " + status.error().ToString();
  WatchRequest request;
  const auto* item = dynamic_cast<const Item*>(&first);
  request.set_name(item != nullptr ? item->name()
                                   : dynamic_cast<const WatchRequest&>(first).name());
  Status asked;
  // Each time the server waits for it, up to its time-out of a second.
  for (int i = 0; i < 10; ++i) {
    kratos::Context ctx;
    google::protobuf::Empty reply;
    asked = StreamsHttpClient(client).Gone(ctx, request, &reply);
    if (asked.ok()) return "";
  }
  return "the server has not noticed: " + asked.error().ToString();
}

}  // namespace

std::string CheckStream(const std::shared_ptr<kratos::http::Client>& client, const StreamCase& row,
                        const Expectation& expected) {
  const StreamMethod* method = FindStream(row.method());
  if (method == nullptr) return "no such rpc: " + row.method();
  const Messages sent = ToSend(row);
  if (sent.empty()) return "nothing to send, or of a type that is not known";
  Run run(row, *method, sent);
  const Status status = run.Call(client);
  if (row.cancel_after() > 0) return CheckGone(client, status, *sent.front());
  if (expected.has_error()) {
    if (std::string problem = CheckError(status, expected.error()); !problem.empty())
      return problem;
  } else if (!status.ok()) {
    return "failed: " + status.error().ToString();
  }
  return DifferentMessages(row, run.received(), Wanted(row, *method, sent, expected));
}

}  // namespace interop
