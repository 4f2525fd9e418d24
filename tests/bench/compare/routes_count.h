#pragma once

namespace kratos::bench {

/// Of the service with very many routes, "/v1/r000/{name}" and on; as make_routes.py writes it.
constexpr int kRoutes = 993;

}  // namespace kratos::bench
