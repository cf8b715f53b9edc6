#include "daemon/logging.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ostream_sink.h>

#include <algorithm>
#include <utility>

#include "daemon/json_object.h"

namespace seatkeeper {
namespace {

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kTrace:
      return spdlog::level::trace;
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      break;
  }
  return spdlog::level::err;
}

// Quotes where a reader or a script could not tell where the value ends. JSON's quoting also keeps
// a tenant's names from starting a line of their own.
std::string TextValue(const std::string& value) {
  const bool plain = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != '"' && c != '=' && c != 0x7F;
  });
  return plain ? value : JsonString(value);
}

std::string TextLine(std::string_view message, std::initializer_list<LogField> fields) {
  std::string line(message);
  for (const auto& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    line += field.number ? field.value : TextValue(field.value);
  }
  return line;
}

// Continues the object that the pattern opened.
std::string JsonLine(std::string_view message, std::initializer_list<LogField> fields) {
  JsonObject object;
  object.Text("message", message);
  for (const auto& field : fields) {
    field.number ? object.Raw(field.key, field.value) : object.Text(field.key, field.value);
  }
  return object.Finish().substr(1);
}

}  // namespace

std::optional<LogLevel> ParseLogLevel(std::string_view text) {
  constexpr std::pair<std::string_view, LogLevel> kLevels[] = {{"trace", LogLevel::kTrace},
                                                               {"debug", LogLevel::kDebug},
                                                               {"info", LogLevel::kInfo},
                                                               {"warn", LogLevel::kWarning},
                                                               {"error", LogLevel::kError}};
  for (const auto& [name, level] : kLevels) {
    if (name == text) return level;
  }
  return std::nullopt;
}

struct Log::Sink {
  explicit Sink(std::ostream& out)
      : logger("seatkeeper", std::make_shared<spdlog::sinks::ostream_sink_mt>(out, true)) {}
  spdlog::logger logger;
};

Log::Log(std::ostream& out, LogLevel level, LogFormat format)
    : sink_(std::make_unique<Sink>(out)), format_(format) {
  const char* pattern = format == LogFormat::kJson
                            ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v)"
                            : "%Y-%m-%dT%H:%M:%S.%eZ %l %v";
  sink_->logger.set_formatter(
      std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
  sink_->logger.set_level(ToSpdlog(level));
}

Log::~Log() = default;

bool Log::Writes(LogLevel level) const { return sink_->logger.should_log(ToSpdlog(level)); }

void Log::Write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!Writes(level)) return;
  const auto line =
      format_ == LogFormat::kJson ? JsonLine(message, fields) : TextLine(message, fields);
  // As an argument, never as a format: names may hold braces.
  sink_->logger.log(ToSpdlog(level), "{}", line);
}

}  // namespace seatkeeper
