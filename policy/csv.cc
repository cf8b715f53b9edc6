#include "policy/csv.h"

#include <algorithm>

namespace seatkeeper {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Error Invalid(std::string message, int line) {
  return {.kind = ErrorKind::kInvalid,
          .message = std::move(message),
          .position = SourcePosition{.file = {}, .line = line, .column = 1},
          .service = {}};
}

}  // namespace

CsvReader::CsvReader(std::string_view text) : rest_(text) {
  if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
  line_begin_ = rest_.data();
}

Result<std::optional<CsvRecord>> CsvReader::Next() {
  while (TakeLineEnd()) {
  }
  if (rest_.empty()) return std::optional<CsvRecord>();
  CsvRecord record{.line = line_, .fields = {}, .starts = {}};
  while (true) {
    record.starts.push_back({line_, static_cast<int>(rest_.data() - line_begin_) + 1});
    if (rest_.starts_with('"')) {
      auto field = QuotedField();
      if (!field) return std::move(field).error();
      record.fields.push_back(std::move(field).value());
    } else {
      record.fields.push_back(PlainField());
    }
    if (rest_.empty() || TakeLineEnd()) return std::optional(std::move(record));
    if (!rest_.starts_with(',')) {
      return Invalid("text follows the closing quote of a field; double a quote that is part of it",
                     line_);
    }
    rest_.remove_prefix(1);
  }
}

// REQUIRES: a quote is next.
Result<std::string> CsvReader::QuotedField() {
  const int first_line = line_;
  std::string field;
  rest_.remove_prefix(1);
  while (true) {
    const auto quote = rest_.find('"');
    if (quote == std::string_view::npos) {
      return Invalid("a field in quotes is never closed", first_line);
    }
    const auto part = rest_.substr(0, quote);
    line_ += static_cast<int>(std::count(part.begin(), part.end(), '\n'));
    if (const auto end = part.rfind('\n'); end != std::string_view::npos) {
      line_begin_ = part.data() + end + 1;
    }
    field += part;
    rest_.remove_prefix(quote + 1);
    if (!rest_.starts_with('"')) return field;
    field += '"';
    rest_.remove_prefix(1);
  }
}

std::string CsvReader::PlainField() {
  auto field = rest_.substr(0, rest_.find_first_of(",\n"));
  const auto next = field.size();
  if (rest_.substr(next).starts_with('\n') && field.ends_with('\r')) field.remove_suffix(1);
  rest_.remove_prefix(field.size());
  return std::string(field);
}

bool CsvReader::TakeLineEnd() {
  const std::size_t length = rest_.starts_with("\r\n") ? 2 : rest_.starts_with('\n') ? 1 : 0;
  rest_.remove_prefix(length);
  if (length > 0) {
    ++line_;
    line_begin_ = rest_.data();
  }
  return length > 0;
}

}  // namespace seatkeeper
