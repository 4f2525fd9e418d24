#include "chat_service.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "kratos/fiber/fiber.h"
#include "kratos/http/context.h"
#include "reasons.errors.pb.h"

namespace chat {

namespace {

constexpr std::size_t kMostRooms = 1000;
constexpr std::size_t kLongestAuthor = 40;
constexpr std::size_t kLongestText = 2000;

kratos::Status Check(const Line& line) {
  if (line.author().empty() || line.text().empty()) {
    return ErrorLineRefused("a line has an author and a text");
  }
  if (line.author().size() > kLongestAuthor || line.text().size() > kLongestText) {
    return ErrorLineRefused("an author has up to {} bytes and a text up to {}", kLongestAuthor,
                            kLongestText);
  }
  return {};
}

// Where a browser that connects again left off; 0 if it says nothing of use.
std::int32_t LastHeard(const kratos::http::Context& http) {
  const std::string_view id = http.LastEventId();
  std::int32_t number = 0;
  std::from_chars(id.data(), id.data() + id.size(), number);
  return number;
}

// Passes on what is said in the room until the call ends.
kratos::Status Hear(kratos::Context& ctx, Room& room, kratos::ServerStream<Line>& out) {
  std::int32_t heard = 0;
  while (true) {
    const kratos::Result<Line> line = room.Next(ctx, heard);
    if (!line.ok()) return line.status();
    if (kratos::Status status = out.Send(*line); !status.ok()) return status;
    heard = line->number();
  }
}

}  // namespace

kratos::Status ChatService::Say(kratos::Context&, const Line& request, Line* reply) {
  if (kratos::Status status = Check(request); !status.ok()) return status;
  auto room = Enter(request.room());
  if (!room.ok()) return room.status();
  *reply = (*room)->Say(request);
  return {};
}

// [watch]
kratos::Status ChatService::Watch(kratos::Context& ctx, const WatchRequest& request,
                                  kratos::ServerStream<Line>& out) {
  auto room = Enter(request.room());
  if (!room.ok()) return room.status();
  auto* http = kratos::http::Context::From(ctx);  // Null on other transports.
  std::int32_t heard = request.after();
  if (http != nullptr) heard = std::max(heard, LastHeard(*http));
  for (int sent = 0; request.limit() <= 0 || sent < request.limit(); ++sent) {
    const kratos::Result<Line> line = (*room)->Next(ctx, heard);
    if (!line.ok()) return line.status();
    heard = line->number();
    if (http != nullptr) http->SetNextEvent({.id = std::to_string(heard)});
    if (kratos::Status status = out.Send(*line); !status.ok()) return status;
  }
  return {};
}
// [watch]

// [talk]
kratos::Status ChatService::Talk(kratos::Context& ctx, kratos::ServerReader<Line>& in,
                                 kratos::ServerStream<Line>& out) {
  Line line;
  kratos::Result<bool> more = in.Recv(&line);
  if (!more.ok() || !*more) return more.status();
  auto entered = Enter(line.room());
  if (!entered.ok()) return entered.status();
  Room& room = **entered;
  // Hears while this one speaks; cancelled and waited for when Talk returns.
  kratos::fiber::Task hearing(ctx, [&](kratos::Context& own) { (void)Hear(own, room, out); });
  if (line.text().empty()) more = in.Recv(&line);
  for (; more.ok() && *more; more = in.Recv(&line)) {
    if (kratos::Status status = Check(line); !status.ok()) return status;
    room.Say(line);
  }
  return more.status();
}
// [talk]

kratos::Result<std::shared_ptr<Room>> ChatService::Enter(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = rooms_.find(name);
  if (found != rooms_.end()) return found->second;
  if (rooms_.size() >= kMostRooms) return ErrorTooManyRooms("there are {} rooms", kMostRooms);
  return rooms_.emplace(name, std::make_shared<Room>()).first->second;
}

}  // namespace chat
