#include "daemon/policy_load.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>

#include "daemon/text_file.h"
#include "policy/policy_file.h"
#include "policy/product_csv.h"

namespace seatkeeper {
namespace {

constexpr std::size_t kFilesPerThread = 16;  // Fewer are parsed before a thread has started.
constexpr unsigned kMaxThreads = 16;
constexpr std::size_t kMaxCatalogBytes = std::size_t{8} << 20;  // Microsoft's has one megabyte.

unsigned ThreadsFor(std::size_t files, unsigned wanted) {
  if (wanted > 0) return wanted;
  const auto useful =
      static_cast<unsigned>(std::min<std::size_t>(kMaxThreads, files / kFilesPerThread));
  return std::max(1U, std::min(useful, std::thread::hardware_concurrency()));
}

}  // namespace

LoadedPolicies LoadOnThreads(const std::vector<SourceFile>& files, const LoadOptions& options,
                             unsigned threads) {
  std::vector<ParsedFile> parsed(files.size());
  std::atomic<std::size_t> next = 0;
  const auto serve = [&] {
    for (std::size_t i = next++; i < files.size(); i = next++) {
      parsed[i] = ParsePolicyFile(files[i], options);
    }
  };
  {
    std::vector<std::jthread> others;
    try {
      for (unsigned i = 1; i < ThreadsFor(files.size(), threads); ++i) others.emplace_back(serve);
    } catch (const std::system_error&) {
      // No further thread to be had: those that there are do the work.
    }
    serve();
  }
  return CombinePolicyFiles(std::move(parsed), options);
}

Result<CatalogFile> ReadProductCatalog(const std::string& path) {
  if (path.empty()) return CatalogFile();
  auto text = ReadBoundedFile(path, kMaxCatalogBytes);
  if (!text) {
    auto error = std::move(text).error();
    error.kind = ErrorKind::kInvalid;
    error.message = "the product catalogue cannot be read: " + error.message;
    return error;
  }
  auto catalog = ParseProductCatalog({.path = path, .text = *text});
  if (!catalog) return std::move(catalog).error();
  return CatalogFile{.catalog = std::move(catalog).value(), .text = std::move(text).value()};
}

}  // namespace seatkeeper
