#include "daemon/user_list.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "policy/csv.h"
#include "policy/guid.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

constexpr std::array<std::string_view, 6> kHeaders{
    "userprincipalname", "user principal name", "user", "object id", "objectid", "id"};

std::string_view Trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool LooksLikeUser(std::string_view name) {
  if (UserId::Parse(name)) return true;
  const auto at = name.find('@');
  const bool two_parts = at != std::string_view::npos && at > 0 && at + 1 < name.size();
  return two_parts && name.find('@', at + 1) == std::string_view::npos &&
         name.find_first_of(" \t,;\"") == std::string_view::npos;
}

// The column that a header names; nothing where the record is none.
std::optional<std::size_t> ColumnOf(const CsvRecord& header) {
  for (const auto name : kHeaders) {
    const auto found = std::ranges::find_if(header.fields, [&](const std::string& field) {
      return AsciiLower(std::string(Trimmed(field))) == name;
    });
    if (found != header.fields.end()) {
      return static_cast<std::size_t>(found - header.fields.begin());
    }
  }
  return std::nullopt;
}

class ListReader {
 public:
  explicit ListReader(const SourceFile& file) : file_(file), reader_(file.text) {}

  ListedUsers Run() {
    bool first = true;
    for (;;) {
      auto record = reader_.Next();
      if (!record) {
        auto at = record.error().position.value_or(SourcePosition{});
        at.file = file_.path;
        Find("csv", record.error().message, "", std::move(at), 1);
        break;
      }
      if (!*record) break;
      if (std::exchange(first, false)) {
        if (const auto column = ColumnOf(**record)) {
          column_ = *column;
          continue;
        }
      }
      Take(**record);
    }
    if (list_.users.empty() && list_.findings.empty()) {
      Find("no-users", "the file names no users", "", {.file = file_.path, .line = 1, .column = 1},
           1);
    }
    return std::move(list_);
  }

 private:
  void Take(const CsvRecord& record) {
    const bool there = column_ < record.fields.size();
    const auto start = there ? record.starts[column_] : CsvRecord::Start{record.line, 1};
    const SourcePosition at{.file = file_.path, .line = start.line, .column = start.column};
    const auto name = there ? Trimmed(record.fields[column_]) : std::string_view();
    if (LooksLikeUser(name)) {
      list_.users.push_back({.value = std::string(name), .at = at});
      return;
    }
    Find("user",
         name.empty() ? "the line names no user"
                      : Quoted(name) + " is neither a user principal name nor an object id",
         "write one user a line, or a header with a column userPrincipalName, user or id", at,
         there ? std::max(1, static_cast<int>(record.fields[column_].size())) : 1);
  }

  void Find(std::string code, std::string message, std::string hint, SourcePosition at,
            int length) {
    list_.findings.push_back({.code = std::move(code),
                              .message = std::move(message),
                              .hint = std::move(hint),
                              .at = std::move(at),
                              .length = length});
  }

  const SourceFile& file_;
  CsvReader reader_;
  std::size_t column_ = 0;
  ListedUsers list_;
};

}  // namespace

ListedUsers ReadUserList(const SourceFile& file) { return ListReader(file).Run(); }

}  // namespace seatkeeper
