// Where Boost is missing.
#include "http/engine.h"

namespace kratos::http {

std::unique_ptr<Engine> MakeAsioEngine(const ServerOptions&, std::shared_ptr<SSL_CTX>,
                                       EngineHandler&) {
  return nullptr;
}

}  // namespace kratos::http
