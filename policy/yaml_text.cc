#include "policy/yaml_text.h"

#include <algorithm>
#include <string>

#include "policy/text.h"

namespace seatkeeper::yaml {
namespace {

bool IsMarker(std::string_view line, std::string_view marker) {
  if (!line.starts_with(marker)) return false;
  return line.size() == marker.size() || line[marker.size()] == ' ' || line[marker.size()] == '\t';
}

std::string_view WithoutLineEnd(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::size_t LineLength(std::string_view text) {
  const auto end = text.find('\n');
  return end == std::string_view::npos ? text.size() : end + 1;
}

SourcePosition PositionOf(const SourceFile& file, std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto start = before.rfind('\n');
  const auto column = start == std::string_view::npos ? offset + 1 : offset - start;
  return {file.path, static_cast<int>(line), static_cast<int>(column)};
}

std::string Hex(char c) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  return std::string("0x") + kDigits[byte >> 4] + kDigits[byte & 15];
}

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x7F || (byte < 0x20 && c != '\t' && c != '\n' && c != '\r');
}

Diagnostic BadEncoding(const SourceFile& file, std::string_view text, std::size_t offset) {
  const bool utf16 = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  return {.code = "yaml-encoding",
          .message = "byte " + Hex(text[offset]) + " is not UTF-8",
          .hint = utf16 ? "the file is UTF-16; save it as UTF-8" : "save the file as UTF-8",
          .at = PositionOf(file, text, offset)};
}

}  // namespace

std::vector<Chunk> SplitDocuments(std::string_view text) {
  std::vector<Chunk> chunks;
  Chunk current{text.substr(0, 0), 1};
  std::size_t start = 0;
  std::size_t offset = 0;
  int line_number = 1;
  const auto close = [&](std::size_t end, std::size_t next, int next_line) {
    current.text = text.substr(start, end - start);
    if (!current.text.empty()) chunks.push_back(current);
    start = next;
    current.first_line = next_line;
  };
  while (offset < text.size()) {
    const std::size_t length = LineLength(text.substr(offset));
    const auto line = WithoutLineEnd(text.substr(offset, length));
    if (IsMarker(line, "---")) close(offset, offset, line_number);
    offset += length;
    ++line_number;
    if (IsMarker(line, "...")) close(offset, offset, line_number);
  }
  close(text.size(), text.size(), line_number);
  return chunks;
}

std::optional<Diagnostic> FindBadByte(const SourceFile& file, std::string_view text) {
  for (std::size_t offset = 0; offset < text.size();) {
    const std::size_t length = Utf8Length(text.substr(offset));
    if (length == 0) return BadEncoding(file, text, offset);
    if (IsControl(text[offset])) {
      return Diagnostic{.code = "yaml-control-character",
                        .message = "control character " + Hex(text[offset]) + " in a text file",
                        .hint = "remove it",
                        .at = PositionOf(file, text, offset)};
    }
    if (text[offset] == '\r' && !text.substr(offset + 1).starts_with('\n')) {
      return Diagnostic{.code = "yaml-control-character",
                        .message = "a carriage return without a line feed",
                        .hint = "end lines with a line feed",
                        .at = PositionOf(file, text, offset)};
    }
    offset += length;
  }
  return std::nullopt;
}

std::optional<Diagnostic> FindDirective(const SourceFile& file, const Chunk& chunk) {
  int line_number = chunk.first_line;
  for (auto rest = chunk.text; !rest.empty(); ++line_number) {
    const std::size_t length = LineLength(rest);
    const auto line = WithoutLineEnd(rest.substr(0, length));
    if (line.starts_with('%')) {
      return Diagnostic{.code = "yaml-directive",
                        .message = "YAML directives are not supported",
                        .hint = "leave this line out; files are read as YAML 1.2",
                        .at = {file.path, line_number, 1},
                        .length = static_cast<int>(line.size())};
    }
    const auto first = line.find_first_not_of(" \t");
    if (first != std::string_view::npos && line[first] != '#') return std::nullopt;
    rest.remove_prefix(length);
  }
  return std::nullopt;
}

}  // namespace seatkeeper::yaml
