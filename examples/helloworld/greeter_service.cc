#include "greeter_service.h"

#include <algorithm>
#include <initializer_list>

#include "reasons.errors.pb.h"

namespace helloworld {

namespace {

Greeting Make(const char* name, const char* text, const char* language,
              std::initializer_list<const char*> tags) {
  Greeting greeting;
  greeting.set_name(name);
  greeting.set_text(text);
  greeting.set_language(language);
  for (const char* tag : tags) greeting.add_tags(tag);
  return greeting;
}

bool HasEvery(const Greeting& greeting, const ListGreetingsRequest& request) {
  return std::all_of(request.tags().begin(), request.tags().end(), [&](const auto& tag) {
    return std::find(greeting.tags().begin(), greeting.tags().end(), tag) != greeting.tags().end();
  });
}

}  // namespace

GreeterService::GreeterService()
    : greetings_{Make("people/ada/greetings/1", "Good morning, Ada", "en", {"morning", "formal"}),
                 Make("people/ada/greetings/2", "Guten Tag, Ada", "de", {"formal"}),
                 Make("people/max/greetings/1", "Moin, Max", "de", {"morning", "short"})} {}

// [say-hello]
kratos::Status GreeterService::SayHello(kratos::Context&, const HelloRequest& request,
                                        HelloReply* reply) {
  if (request.name() == "nobody") {
    return ErrorPersonMissing("there is nobody to greet").WithMetadata("name", request.name());
  }
  reply->set_message((request.language() == "de" ? "Hallo " : "Hello ") + request.name());
  return {};
}
// [say-hello]

kratos::Status GreeterService::GetGreeting(kratos::Context&, const GetGreetingRequest& request,
                                           Greeting* reply) {
  for (const Greeting& greeting : greetings_) {
    if (greeting.name() == request.name()) {
      *reply = greeting;
      return {};
    }
  }
  return ErrorGreetingMissing("no greeting has this name").WithMetadata("name", request.name());
}

kratos::Status GreeterService::ListGreetings(kratos::Context&, const ListGreetingsRequest& request,
                                             ListGreetingsReply* reply) {
  for (const Greeting& greeting : greetings_) {
    const std::string& language = request.filter().language();
    if (!language.empty() && greeting.language() != language) continue;
    if (!HasEvery(greeting, request)) continue;
    reply->set_total(reply->total() + 1);
    if (request.page_size() > 0 && reply->greetings_size() >= request.page_size()) continue;
    *reply->add_greetings() = greeting;
  }
  return {};
}

}  // namespace helloworld
