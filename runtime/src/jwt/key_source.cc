#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kratos/errors/errors.h"
#include "kratos/jwt/key.h"
#include "kratos/log/log.h"

namespace kratos::jwt {

namespace {

using Keys = std::vector<Key>;

Keys Select(const Keys& keys, std::string_view id) {
  if (id.empty()) return keys;
  Keys selected;
  for (const Key& key : keys) {
    if (key.id().empty() || key.id() == id) selected.push_back(key);
  }
  return selected;
}

class FixedKeys final : public KeySource {
 public:
  explicit FixedKeys(Keys keys) : keys_(std::move(keys)) {}
  Keys Find(std::string_view id) override { return Select(keys_, id); }

 private:
  const Keys keys_;
};

// What tells one version of a file from the next.
struct FileState {
  ino_t inode = 0;
  off_t size = 0;
  timespec changed{};
  bool operator==(const FileState& other) const {
    return inode == other.inode && size == other.size && changed.tv_sec == other.changed.tv_sec &&
           changed.tv_nsec == other.changed.tv_nsec;
  }
};

Result<FileState> StateOf(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0)
    return InternalServer("BAD_KEY", "the key file " + path + " cannot be read");
  return FileState{info.st_ino, info.st_size, info.st_mtim};
}

Result<Keys> ReadKeys(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) return InternalServer("BAD_KEY", "the key file " + path + " cannot be read");
  return ParseJwks(text);
}

class FileKeys final : public KeySource {
 public:
  FileKeys(std::string path, JwksFileOptions options)
      : path_(std::move(path)), options_(std::move(options)) {
    if (!options_.clock) options_.clock = [] { return std::chrono::steady_clock::now(); };
    looked_ = options_.clock();
  }

  // Keeps what it has when the file cannot be used.
  Status Load() {
    const auto state = StateOf(path_);
    if (!state.ok()) return state.status();
    if (keys_ != nullptr && *state == state_) return {};
    // The state first: a file that changes meanwhile is read again the next time.
    state_ = *state;
    auto keys = ReadKeys(path_);
    if (!keys.ok()) return keys.status();
    keys_ = std::make_shared<const Keys>(std::move(*keys));
    return {};
  }

  Keys Find(std::string_view id) override {
    std::shared_ptr<const Keys> keys;
    {
      const std::lock_guard lock(mutex_);
      if (const auto now = options_.clock(); now - looked_ >= options_.check_interval) {
        looked_ = now;
        if (const Status status = Load(); !status.ok()) {
          log::Write(log::Level::kError, "a key file cannot be used; its last keys stay",
                     {{"file", path_}, {"error", status.message()}});
        }
      }
      keys = keys_;
    }
    return Select(*keys, id);
  }

 private:
  const std::string path_;
  JwksFileOptions options_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point looked_;
  FileState state_;
  std::shared_ptr<const Keys> keys_;
};

}  // namespace

std::shared_ptr<KeySource> MakeKeySource(std::vector<Key> keys) {
  return std::make_shared<FixedKeys>(std::move(keys));
}

Result<std::shared_ptr<KeySource>> OpenJwksFile(std::string path, JwksFileOptions options) {
  auto file = std::make_shared<FileKeys>(std::move(path), std::move(options));
  if (Status status = file->Load(); !status.ok()) return status;
  return std::shared_ptr<KeySource>(std::move(file));
}

}  // namespace kratos::jwt
