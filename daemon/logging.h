#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace seatkeeper {

enum class LogLevel { kTrace, kDebug, kInfo, kWarning, kError };
/// "trace", "debug", "info", "warn", "error".
std::optional<LogLevel> ParseLogLevel(std::string_view text);

enum class LogFormat {
  kText,  ///< 2026-11-21T09:12:33.123Z info message key=value key="two words"
  kJson,  ///< {"time":"...","level":"info","message":"...","key":"value"}
};

/// One thing that varies about a message.
struct LogField {
  LogField(std::string_view name, std::string_view text) : key(name), value(text) {}
  LogField(std::string_view name, const char* text) : key(name), value(text) {}
  LogField(std::string_view name, const std::string& text) : key(name), value(text) {}
  LogField(std::string_view name, std::int64_t value_as_number)
      : key(name), value(std::to_string(value_as_number)), number(true) {}
  LogField(std::string_view name, int value_as_number)
      : LogField(name, static_cast<std::int64_t>(value_as_number)) {}
  LogField(std::string_view name, std::size_t value_as_number)
      : LogField(name, static_cast<std::int64_t>(value_as_number)) {}

  std::string_view key;
  std::string value;
  bool number = false;
};

/// The process's log: a constant message and what varies as keys, one line each. Thread-safe.
/// Names of users appear only at info, for changes that were made (see LogObserver); secrets never.
class Log {
 public:
  /// Writes to `out`, which must outlive the log.
  Log(std::ostream& out, LogLevel level, LogFormat format);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  bool Writes(LogLevel level) const;
  void Write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

  void Info(std::string_view message, std::initializer_list<LogField> fields = {}) {
    Write(LogLevel::kInfo, message, fields);
  }
  void Warn(std::string_view message, std::initializer_list<LogField> fields = {}) {
    Write(LogLevel::kWarning, message, fields);
  }
  void Error(std::string_view message, std::initializer_list<LogField> fields = {}) {
    Write(LogLevel::kError, message, fields);
  }

 private:
  struct Sink;
  std::unique_ptr<Sink> sink_;
  LogFormat format_;
};

}  // namespace seatkeeper
