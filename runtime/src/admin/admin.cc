#include "kratos/admin/admin.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <utility>

#include "admin/facts.h"
#include "admin/page.h"
#include "codec/accept.h"
#include "kratos/http/context.h"

namespace kratos::admin {

namespace {

std::string ToText(const rapidjson::Value& value) {
  rapidjson::StringBuffer text;
  rapidjson::Writer out(text);
  value.Accept(out);
  return {text.GetString(), text.GetSize()};
}

// What a probe sees must not come out of a cache.
Status NoStore(http::Context& ctx) { return ctx.SetHeader("Cache-Control", "no-store"); }

Status AnswerJson(http::Context& ctx, int code, const rapidjson::Value& value) {
  if (Status status = NoStore(ctx); !status.ok()) return status;
  return ctx.Blob(code, "application/json", ToText(value) + '\n');
}

// Whether a browser asks: they name text/html, which tools do not.
bool WantsHtml(const http::Context& ctx) {
  int html = 0;
  int json = 0;
  for (const auto& range : codec::ParseAccept(ctx.request_header().Values("Accept"))) {
    if (range.type.type == "text" && range.type.subtype == "html")
      html = std::max(html, range.quality);
    if (range.type.type == "application" && range.type.subtype == "json")
      json = std::max(json, range.quality);
  }
  return html > json;
}

Status AnswerReadiness(http::Context& ctx, const AdminOptions& options) {
  health::Report report;
  if (options.health != nullptr) report = options.health->Ask(&ctx);
  for (const http::Server* server : options.about) report.serving &= server->Ready();
  rapidjson::Document reply(rapidjson::kObjectType);
  auto& memory = reply.GetAllocator();
  reply.AddMember("ready", report.ready(), memory);
  reply.AddMember("serving", report.serving, memory);
  rapidjson::Value checks(rapidjson::kObjectType);
  for (const auto& check : report.checks) {
    checks.AddMember(rapidjson::Value(check.name.c_str(), memory),
                     rapidjson::Value(check.status.ok() ? "ok" : "failing", memory), memory);
  }
  reply.AddMember("checks", checks, memory);
  return AnswerJson(ctx, report.ready() ? 200 : 503, reply);
}

Status AnswerPage(http::Context& ctx, const AdminOptions& options) {
  const rapidjson::Document facts = CollectFacts(ctx.app(), options.about);
  if (Status status = ctx.SetHeader("Vary", "Accept"); !status.ok()) return status;
  if (!WantsHtml(ctx)) return AnswerJson(ctx, 200, facts);
  if (Status status = NoStore(ctx); !status.ok()) return status;
  Status status = ctx.SetHeader("Content-Security-Policy",
                                "default-src 'none'; style-src 'unsafe-inline'; "
                                "frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
  status.Update(ctx.SetHeader("X-Content-Type-Options", "nosniff"));
  if (!status.ok()) return status;
  const std::string title =
      ctx.app() != nullptr && !ctx.app()->name.empty() ? ctx.app()->name : "kratos";
  return ctx.Blob(200, "text/html; charset=utf-8", RenderPage(title, facts));
}

}  // namespace

void RegisterAdmin(http::Server& server, AdminOptions options) {
  if (options.about.empty()) options.about = {&server};
  const auto shared = std::make_shared<const AdminOptions>(std::move(options));
  const http::Router router = server.Route("/");
  if (!shared->health_path.empty()) {
    router.Get(shared->health_path, [](http::Context& ctx) {
      if (Status status = NoStore(ctx); !status.ok()) return status;
      return ctx.String(200, "ok\n");
    });
  }
  if (!shared->ready_path.empty()) {
    router.Get(shared->ready_path,
               [shared](http::Context& ctx) { return AnswerReadiness(ctx, *shared); });
  }
  if (!shared->metrics_path.empty() && shared->metrics) {
    router.Get(shared->metrics_path, [shared](http::Context& ctx) {
      return ctx.Blob(200, "text/plain; version=0.0.4; charset=utf-8", shared->metrics());
    });
  }
  if (!shared->page_path.empty()) {
    router.Get(shared->page_path,
               [shared](http::Context& ctx) { return AnswerPage(ctx, *shared); });
  }
}

}  // namespace kratos::admin
