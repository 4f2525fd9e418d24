// Logging: what the guide quotes. Exits 0 when the lines are the right ones.
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "kratos/context/context.h"
#include "kratos/log/log.h"
#ifdef KRATOS_DOCS_HAVE_SPDLOG
#include "kratos/log/spdlog.h"
#endif

namespace {

namespace log = kratos::log;

// [writer]
// Keeps the last line.
class LastLine final : public log::Writer {
 public:
  void Write(log::Level, std::string_view line) override { line_ = line; }
  const std::string& line() const { return line_; }

 private:
  std::string line_;
};
// [writer]

int wrong = 0;

void Expect(const LastLine& last, std::string_view end) {
  if (last.line().ends_with(end)) return;
  std::fprintf(stderr, "wrong: %s", last.line().c_str());
  ++wrong;
}

void LogAPayment(kratos::Context& ctx) {
  // [records]
  log::AddAttributes(ctx, {{"tenant", "blue"}});  // in every record about this call
  const log::Logger logger = log::Default().With({{"component", "payments"}});
  logger.Info(ctx, "charged", {{"cents", 1250}, {"card", "4111 1111"}});
  // [records]
}

}  // namespace

int main() {
  const auto last = std::make_shared<LastLine>();
  {
    // [setup]
    log::HandlerOptions options;
    options.format = log::Format::kJson;
    options.writer = last;  // stderr without one
    options.level = log::Level::kDebug;
    options.filter.keys = {"password", "card"};
    log::SetDefault(log::Logger(log::MakeHandler(options)));
    // [setup]
  }
  kratos::Context ctx;
  ctx.mutable_transport().operation = "/shop.Payments/Charge";
  LogAPayment(ctx);
  Expect(*last, R"("level":"INFO","msg":"charged","operation":"/shop.Payments/Charge",)"
                R"("tenant":"blue","component":"payments","cents":1250,"card":"***"})"
                "\n");

#ifdef KRATOS_DOCS_HAVE_SPDLOG
  const std::string path = "docs_logging.log";
  {
    // [spdlog]
    auto writer = log::MakeSpdlogWriter(
        {.path = path, .max_bytes = 50 * 1024 * 1024, .max_files = 10, .async = true});
    if (!writer.ok()) return 1;
    log::SetDefault(log::Logger(log::MakeHandler({.writer = *writer})));
    // [spdlog]
    log::Write(log::Level::kInfo, "to a file");
  }
  log::ResetDefault();
  std::remove(path.c_str());
#endif
  if (wrong == 0) std::puts("ok");
  return wrong == 0 ? 0 : 1;
}
