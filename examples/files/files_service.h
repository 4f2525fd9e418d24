// Files in memory.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "files.http.pb.h"

namespace files {

class FilesService final : public FilesServer {
 public:
  kratos::Status Upload(kratos::Context& ctx, const UploadRequest& request,
                        FileInfo* reply) override;
  kratos::Status Download(kratos::Context& ctx, const DownloadRequest& request,
                          google::api::HttpBody* reply) override;
  kratos::Status Preview(kratos::Context& ctx, const DownloadRequest& request,
                         PreviewReply* reply) override;
  kratos::Status List(kratos::Context& ctx, const ListRequest& request, ListReply* reply) override;

 private:
  std::mutex mutex_;
  std::map<std::string, google::api::HttpBody> files_;
};

}  // namespace files
