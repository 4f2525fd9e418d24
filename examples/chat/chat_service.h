// The service itself: plain C++, without a word of HTTP but for the ids of events.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "chat.http.pb.h"
#include "room.h"

namespace chat {

class ChatService final : public ChatServer {
 public:
  kratos::Status Say(kratos::Context& ctx, const Line& request, Line* reply) override;
  kratos::Status Watch(kratos::Context& ctx, const WatchRequest& request,
                       kratos::ServerStream<Line>& out) override;
  kratos::Status Talk(kratos::Context& ctx, kratos::ServerReader<Line>& in,
                      kratos::ServerStream<Line>& out) override;

 private:
  // The room of this name, which is opened if need be.
  kratos::Result<std::shared_ptr<Room>> Enter(const std::string& name);

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Room>> rooms_;
};

}  // namespace chat
