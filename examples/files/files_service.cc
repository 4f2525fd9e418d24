#include "files_service.h"

#include "kratos/errors/errors.h"

namespace files {

namespace {

kratos::Error Missing(const std::string& path) {
  return kratos::NotFound("FILE_MISSING", "no file is stored under this path")
      .WithMetadata("path", path);
}

void Describe(const std::string& path, const google::api::HttpBody& content, FileInfo* info) {
  info->set_path(path);
  info->set_content_type(content.content_type());
  info->set_size(static_cast<int64_t>(content.data().size()));
}

}  // namespace

kratos::Status FilesService::Upload(kratos::Context&, const UploadRequest& request,
                                    FileInfo* reply) {
  if (request.path().empty()) return kratos::BadRequest("PATH_MISSING", "a file needs a path");
  const std::lock_guard lock(mutex_);
  files_[request.path()] = request.content();
  Describe(request.path(), request.content(), reply);
  return {};
}

// [download]
kratos::Status FilesService::Download(kratos::Context&, const DownloadRequest& request,
                                      google::api::HttpBody* reply) {
  const std::lock_guard lock(mutex_);
  const auto file = files_.find(request.path());
  if (file == files_.end()) return Missing(request.path());
  *reply = file->second;  // content_type becomes the Content-Type, data the body.
  return {};
}
// [download]

kratos::Status FilesService::Preview(kratos::Context&, const DownloadRequest& request,
                                     PreviewReply* reply) {
  const std::lock_guard lock(mutex_);
  const auto file = files_.find(request.path());
  if (file == files_.end()) return Missing(request.path());
  const std::string& data = file->second.data();
  reply->set_path(request.path());
  reply->mutable_preview()->set_content_type(file->second.content_type());
  reply->mutable_preview()->set_data(data.substr(0, data.find('\n')));
  return {};
}

kratos::Status FilesService::List(kratos::Context&, const ListRequest&, ListReply* reply) {
  const std::lock_guard lock(mutex_);
  for (const auto& [path, content] : files_) Describe(path, content, reply->add_files());
  return {};
}

}  // namespace files
