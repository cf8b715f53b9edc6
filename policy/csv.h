#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/result.h"

namespace seatkeeper {

/// One record of a CSV file.
struct CsvRecord {
  int line = 1;  ///< Where it begins, counted from 1.
  std::vector<std::string> fields;
  /// Where each field begins, in bytes, both counted from 1.
  struct Start {
    int line = 1;
    int column = 1;
  };
  std::vector<Start> starts = {};
};

/// Reads CSV as RFC 4180 has it, record by record: fields in quotes may hold commas, line ends and
/// doubled quotes. Beyond the RFC: a line feed alone ends a record too, a byte order mark is
/// skipped, lines without any character are left out, and a quote inside a field that does not
/// begin with one is text. Written here because Debian's readers do not fit: fast-cpp-csv-parser
/// ends a record at every line end, and libcsv says neither line nor column of what is wrong.
class CsvReader {
 public:
  /// Keeps a reference to the text.
  explicit CsvReader(std::string_view text);

  /// The next record; nothing at the end. kInvalid, with the line in `position` (no file name),
  /// for a quoted field that never ends or that text follows; then nothing more can be read.
  Result<std::optional<CsvRecord>> Next();

 private:
  Result<std::string> QuotedField();
  std::string PlainField();
  bool TakeLineEnd();

  std::string_view rest_;
  const char* line_begin_ = nullptr;
  int line_ = 1;
};

}  // namespace seatkeeper
