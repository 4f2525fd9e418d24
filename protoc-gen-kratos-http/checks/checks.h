// The checks: one file per family. They read the model and add diagnostics; nothing here prints or
// fails.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/service_config.h"
#include "diagnostics/diagnostic.h"
#include "model/model.h"
#include "names/file_names.h"
#include "options.h"

namespace kratos::plugin {

/// Path templates that cannot be parsed: one rule for each route::ParseErrorCode.
void CheckTemplates(const File& file, Diagnostics* diagnostics);
/// Rules as a whole: pattern, custom kind, nesting, selector, body on GET.
void CheckBindings(const File& file, Diagnostics* diagnostics);
/// The fields that path variables name.
void CheckPathFields(const File& file, Diagnostics* diagnostics);
/// `body`, `response_body` and where google.api.HttpBody stands.
void CheckBodies(const File& file, Diagnostics* diagnostics);
/// Routes of one file that overlap.
void CheckConflicts(const File& file, Options::Conflicts conflicts, Diagnostics* diagnostics);
/// What would not compile, or not under the expected name; `grpc` is about the gRPC side too.
void CheckNames(const File& file, const FileNames& names, bool grpc, Diagnostics* diagnostics);

/// Everything above.
void CheckFile(const File& file, const FileNames& names, const Options& options,
               Diagnostics* diagnostics);

/// The rpcs of every service that protoc knows in this run: full service name -> method names.
using KnownServices = std::map<std::string, std::vector<std::string>>;
/// Selectors of a service config that select nothing although they look as if they should.
void CheckSelectors(const ServiceConfig& config, const KnownServices& services,
                    Diagnostics* diagnostics);

}  // namespace kratos::plugin
