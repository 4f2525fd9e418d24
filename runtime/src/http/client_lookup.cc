#include "http/client_lookup.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <condition_variable>
#include <system_error>
#include <thread>

#include "kratos/errors/errors.h"

namespace kratos::http {

namespace {

bool IsNumeric(const std::string& host) {
  in_addr v4{};
  in6_addr v6{};
  return inet_pton(AF_INET, host.c_str(), &v4) == 1 || inet_pton(AF_INET6, host.c_str(), &v6) == 1;
}

struct Answer {
  std::vector<std::string> addresses;
  std::string failure;
};

Answer Ask(const std::string& host) {
  Answer answer;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (const int code = getaddrinfo(host.c_str(), nullptr, &hints, &list); code != 0) {
    answer.failure = gai_strerror(code);
    return answer;
  }
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    char text[NI_MAXHOST];
    if (getnameinfo(entry->ai_addr, entry->ai_addrlen, text, sizeof text, nullptr, 0,
                    NI_NUMERICHOST) != 0)
      continue;
    if (std::find(answer.addresses.begin(), answer.addresses.end(), text) ==
        answer.addresses.end()) {
      answer.addresses.emplace_back(text);
    }
  }
  freeaddrinfo(list);
  if (answer.addresses.empty()) answer.failure = "the name has no address";
  return answer;
}

}  // namespace

struct HostLookup::Pending {
  bool done = false;
  Answer answer;
};

struct HostLookup::Shared {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::map<std::string, std::shared_ptr<Pending>> pending;
};

HostLookup::HostLookup() : shared_(std::make_shared<Shared>()) {}
HostLookup::~HostLookup() = default;

Result<std::vector<std::string>> HostLookup::Find(const std::string& host, const CallGuard& guard) {
  if (IsNumeric(host)) return std::vector<std::string>{host};
  std::unique_lock lock(shared_->mutex);
  auto& slot = shared_->pending[host];
  if (slot == nullptr) {
    slot = std::make_shared<Pending>();
    try {
      std::thread([shared = shared_, pending = slot, host] {
        auto answer = Ask(host);
        const std::lock_guard inner(shared->mutex);
        pending->answer = std::move(answer);
        pending->done = true;
        shared->pending.erase(host);
        shared->changed.notify_all();
      }).detach();
    } catch (const std::system_error&) {
      shared_->pending.erase(host);
      return ServiceUnavailable(kReasonUnavailable,
                                "no thread could be started to look up \"" + host + '"');
    }
  }
  const auto pending = slot;
  const auto done = [&] { return pending->done; };
  if (guard.deadline()) {
    shared_->changed.wait_until(lock, guard.stop_token(), *guard.deadline(), done);
  } else {
    shared_->changed.wait(lock, guard.stop_token(), done);
  }
  if (!pending->done) {
    lock.unlock();
    return guard.Check();
  }
  if (pending->answer.addresses.empty()) {
    return ServiceUnavailable(kReasonUnavailable, fmt::format("cannot look up \"{}\": {}", host,
                                                              pending->answer.failure));
  }
  return pending->answer.addresses;
}

}  // namespace kratos::http
