#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "daemon/environment.h"

namespace seatkeeper::test {

/// An environment of its own, so that no test sees the machine's.
inline Environment Variables(std::map<std::string, std::string> variables = {}) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end() || found->second.empty()) return std::nullopt;
    return found->second;
  };
}

/// Writes a file, making the folders above it.
inline void Put(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

/// A policy document that loads, of this name.
inline std::string SmallPolicy(const std::string& name) {
  return "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: " + name +
         "}\nspec:\n  subjects: {rule: user.accountEnabled -eq true}\n"
         "  licenses: [{product: SPE_E3}]\n";
}

}  // namespace seatkeeper::test
