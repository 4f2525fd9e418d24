// What the admin page shows, as JSON.
#pragma once

#include <rapidjson/document.h>

#include <vector>

#include "kratos/http/server.h"
#include "kratos/registry/service_instance.h"

namespace kratos::admin {

/// {"application": ..., "build": ..., "servers": [...]}; without the first where `app` is null.
rapidjson::Document CollectFacts(const AppInfo* app,
                                 const std::vector<const http::Server*>& servers);

}  // namespace kratos::admin
