// Loading any bytes ends, and every finding can be shown.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "policy/load.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const seatkeeper::SourceFile file{"fuzz.yaml",
                                    std::string(reinterpret_cast<const char*>(data), size)};
  const auto loaded = seatkeeper::LoadPolicies({file}, {.tenants = {"contoso", "fabrikam"}});
  const seatkeeper::SourceLines lines(file.text);
  for (const auto& diagnostic : loaded.diagnostics) {
    if (diagnostic.code.empty() || diagnostic.message.empty() || diagnostic.length < 1) abort();
    if (diagnostic.at.line > 0) {
      const auto line = lines.Line(diagnostic.at.line);
      if (diagnostic.at.column < 1) abort();
      if (static_cast<std::size_t>(diagnostic.at.column) > line.size() + 1) abort();
    }
    if (Render(diagnostic, lines).empty()) abort();
  }
  return 0;
}
