#include "gridpilot/os/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace gridpilot::os {
namespace {

/// An open file; closed at the end of its life.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool valid() const { return number_ >= 0; }
  /// Closing may be where a full disk is reported.
  [[nodiscard]] bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

std::unexpected<Error> io_error(const std::filesystem::path& path, const char* doing) {
  const int reason = errno;
  const ErrorCode code = reason == ENOENT || reason == ENOTDIR ? ErrorCode::not_found : ErrorCode::io_failure;
  return failure(code, path.string() + ": cannot " + doing + ": " + std::strerror(reason));
}

std::unexpected<Error> too_large(const std::filesystem::path& path, std::size_t max_bytes) {
  return failure(ErrorCode::too_large, path.string() + ": longer than " + std::to_string(max_bytes) + " bytes");
}

bool write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Removes the temporary file unless it was renamed into place.
class Temporary {
 public:
  explicit Temporary(std::string name) : name_(std::move(name)) {}
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (!name_.empty()) ::unlink(name_.c_str());
  }
  [[nodiscard]] bool rename_to(const std::filesystem::path& path) {
    if (::rename(name_.c_str(), path.c_str()) != 0) return false;
    name_.clear();
    return true;
  }

 private:
  std::string name_;
};

/// A new file beside the target, its name in `name`. Not mkstemp: the permissions are to follow the umask.
int create_beside(const std::filesystem::path& path, std::string& name) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    const std::string file =
        "." + path.filename().string() + "." + std::to_string(::getpid()) + "-" + std::to_string(attempt);
    name = (path.parent_path() / file).string();
    const int number = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (number >= 0 || errno != EEXIST) return number;
  }
  return -1;
}

bool keep_permissions(const std::filesystem::path& path, int descriptor) {
  struct stat existing{};
  return ::stat(path.c_str(), &existing) != 0 || ::fchmod(descriptor, existing.st_mode & 07777U) == 0;
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t max_bytes) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return io_error(path, "open");
  struct stat about{};
  if (::fstat(file.number(), &about) != 0) return io_error(path, "read");
  if (S_ISDIR(about.st_mode)) return failure(ErrorCode::bad_input, path.string() + ": is a folder, not a file");
  const auto told = static_cast<std::size_t>(about.st_size);
  if (S_ISREG(about.st_mode) && told > max_bytes) return too_large(path, max_bytes);
  std::string content;
  // Pipes and /proc tell no size, and a file may grow meanwhile: read until the end whatever was told.
  std::size_t length = 0;
  content.resize(told + 1);
  for (;;) {
    if (length == content.size()) content.resize(content.size() * 2 + 4096);
    const ssize_t got = ::read(file.number(), content.data() + length, content.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error(path, "read");
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
    if (length > max_bytes) return too_large(path, max_bytes);
  }
  content.resize(length);
  return content;
}

Result<std::string> gunzip(std::string_view packed, std::size_t max_bytes) {
  z_stream stream{};
  if (::inflateInit2(&stream, 15 + 16) != Z_OK) return failure(ErrorCode::io_failure, "zlib does not start");
  const std::unique_ptr<z_stream, int (*)(z_stream*)> guard(&stream, ::inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  std::size_t left = packed.size();
  std::string content;
  char chunk[65536];
  int state = Z_OK;
  do {
    // zlib counts in 32 bits.
    const auto piece = static_cast<uInt>(std::min<std::size_t>(left, std::size_t{1} << 30U));
    stream.avail_in = piece;
    stream.next_out = reinterpret_cast<Bytef*>(chunk);
    stream.avail_out = sizeof chunk;
    state = ::inflate(&stream, Z_NO_FLUSH);
    left -= piece - stream.avail_in;
    if (state != Z_OK && state != Z_STREAM_END)
      return failure(ErrorCode::corrupt,
                     state == Z_BUF_ERROR ? "the packed file is torn" : "the packed file is damaged");
    content.append(chunk, sizeof chunk - stream.avail_out);
    if (content.size() > max_bytes)
      return failure(ErrorCode::too_large, "longer than " + std::to_string(max_bytes) + " bytes when unpacked");
    if (state == Z_STREAM_END && left > 0 && ::inflateReset(&stream) == Z_OK) state = Z_OK;
  } while (state != Z_STREAM_END);
  return content;
}

Result<std::string> read_file_unpacked(const std::filesystem::path& path, std::size_t max_bytes) {
  auto content = read_file(path, max_bytes);
  if (!content || !content->starts_with("\x1f\x8b")) return content;
  auto unpacked = gunzip(*content, max_bytes);
  if (!unpacked) return std::unexpected<Error>(std::move(unpacked.error()).in(path.string()));
  return unpacked;
}

Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view content) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::string name;
  Descriptor file(create_beside(path, name));
  if (!file.valid()) return io_error(path, "write beside");
  Temporary temporary(name);
  if (!keep_permissions(path, file.number())) return io_error(path, "set the permissions of");
  if (!write_all(file.number(), content) || ::fsync(file.number()) != 0 || !file.close())
    return io_error(path, "write");
  if (!temporary.rename_to(path)) return io_error(path, "replace");
  // The rename itself lies in the folder: without this a power cut may still undo it.
  const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid() || ::fsync(directory.number()) != 0) return io_error(folder, "sync");
  return {};
}

}  // namespace gridpilot::os
