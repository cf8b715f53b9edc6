#include "daemon/policy_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "daemon/policy_load.h"
#include "daemon/text_file.h"
#include "policy/yaml.h"
#include "reconciler/plan/digest.h"

namespace seatkeeper {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxPasses = 6;  // A swap takes one pass more; six times is no swap any more.
constexpr std::size_t kMaxFiles = 20'000;
constexpr std::size_t kMaxTreeBytes = std::size_t{256} << 20;
constexpr std::size_t kMaxDepth = 32;

Error IoError(std::string message, ErrorKind kind = ErrorKind::kIo) {
  return {.kind = kind, .message = std::move(message), .position = {}, .service = {}};
}

bool IsHidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

bool IsYaml(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

class TreeReader {
 public:
  Result<void> ReadFolder(const fs::path& folder) {
    std::error_code failure;
    const auto real = fs::canonical(folder, failure);
    if (failure) return Failed(folder, failure);
    // A link to a folder above: everything in it is being read already.
    if (std::find(above_.begin(), above_.end(), real) != above_.end()) return {};
    if (above_.size() >= kMaxDepth) {
      return IoError(fmt::format("{} lies more than {} folders deep", folder.string(), kMaxDepth));
    }
    auto entries = List(folder);
    if (!entries) return std::move(entries).error();
    above_.push_back(real);
    for (const auto& entry : *entries) {
      if (auto read = ReadEntry(entry); !read) return read;
    }
    above_.pop_back();
    return {};
  }

  Result<void> ReadFile(const fs::path& path) {
    if (files_.size() >= kMaxFiles) {
      return IoError(fmt::format("there are more than {} policy files", kMaxFiles));
    }
    auto text = ReadBoundedFile(path.string(), yaml::kMaxFileBytes);
    if (!text) return IoError(text.error().message);
    bytes_ += text->size();
    if (bytes_ > kMaxTreeBytes) {
      return IoError(fmt::format("the policy files exceed {} bytes", kMaxTreeBytes));
    }
    files_.push_back({.path = path.string(), .text = std::move(text).value()});
    return {};
  }

  std::vector<SourceFile> TakeFiles() { return std::move(files_); }

 private:
  static Error Failed(const fs::path& path, const std::error_code& failure) {
    return IoError(fmt::format("cannot read {}: {}", path.string(), failure.message()));
  }

  static Result<std::vector<fs::path>> List(const fs::path& folder) {
    std::error_code failure;
    std::vector<fs::path> entries;
    for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
         entry.increment(failure)) {
      if (!IsHidden(entry->path())) entries.push_back(entry->path());
    }
    if (failure) return Failed(folder, failure);
    std::sort(entries.begin(), entries.end());
    return entries;
  }

  Result<void> ReadEntry(const fs::path& path) {
    std::error_code failure;
    const auto status = fs::status(path, failure);
    if (fs::is_directory(status)) return ReadFolder(path);
    if (!IsYaml(path)) return {};
    // A dangling link is a file that should be there.
    if (failure || status.type() == fs::file_type::not_found) {
      return Failed(path,
                    failure ? failure : std::make_error_code(std::errc::no_such_file_or_directory));
    }
    return ReadFile(path);
  }

  std::vector<fs::path> above_;
  std::vector<SourceFile> files_;
  std::size_t bytes_ = 0;
};

}  // namespace

std::string RevisionOf(const std::string& root, std::vector<SourceFile>& files) {
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  std::string whole;
  for (const auto& file : files) {
    std::string_view name = file.path;
    if (name.starts_with(root)) name.remove_prefix(root.size());
    while (name.starts_with('/')) name.remove_prefix(1);
    // Lengths keep a name and a text from trading bytes.
    whole += fmt::format("{}:{}{}:", name.size(), name, file.text.size());
    whole += file.text;
  }
  return Sha256(whole);
}

Result<PolicyTree> ReadTreeOnce(const std::string& path) {
  std::error_code failure;
  const auto status = fs::status(path, failure);
  if (status.type() == fs::file_type::not_found) {
    return IoError(fmt::format("there is no policy at {}", path), ErrorKind::kNotFound);
  }
  if (failure) return IoError(fmt::format("cannot read {}: {}", path, failure.message()));
  TreeReader reader;
  const bool is_folder = fs::is_directory(status);
  // Without the slash at its end the folder names its files as a person would.
  const auto root = path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
  auto read = is_folder ? reader.ReadFolder(root) : reader.ReadFile(root);
  if (!read) return std::move(read).error();
  PolicyTree tree{.files = reader.TakeFiles(), .revision = {}};
  const auto base = is_folder ? root : fs::path(root).parent_path().string();
  tree.revision = RevisionOf(base, tree.files);
  return tree;
}

Result<PolicyTree> ReadStable(const std::function<Result<PolicyTree>()>& read) {
  auto before = read();
  for (int pass = 1; pass < kMaxPasses; ++pass) {
    auto after = read();
    if (after && before && after->revision == before->revision) return after;
    // The same failure twice is no swap.
    if (!after && !before && after.error().message == before.error().message) return after;
    before = std::move(after);
  }
  if (!before) return before;
  return IoError("the policy files keep changing while they are read", ErrorKind::kConflict);
}

Result<PolicyTree> ReadPolicyTree(const std::string& path) {
  return ReadStable([&] { return ReadTreeOnce(path); });
}

Result<PolicyReading> ReadPolicies(const PolicyPlace& place,
                                   const std::vector<std::string>& tenants) {
  auto catalog = ReadProductCatalog(place.product_catalog);
  if (!catalog) return std::move(catalog).error();
  auto tree = ReadPolicyTree(place.path);
  if (!tree) return std::move(tree).error();
  auto loaded = LoadOnThreads(
      tree->files, {.tenants = {tenants.begin(), tenants.end()}, .catalog = catalog->catalog});
  if (loaded.ok() && loaded.policies.empty()) {
    return IoError(fmt::format("there is no policy document in {}", place.path),
                   ErrorKind::kInvalid);
  }
  // What a name means is part of what the policy says.
  if (!catalog->text.empty()) tree->revision = Sha256(tree->revision + "\n" + catalog->text);
  return PolicyReading{
      .tree = std::move(tree).value(),
      .loaded = std::move(loaded),
      .catalog = std::move(catalog->catalog),
      .catalog_file = {.path = place.product_catalog, .text = std::move(catalog->text)}};
}

}  // namespace seatkeeper
