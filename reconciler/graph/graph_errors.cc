#include "reconciler/graph/graph_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "policy/text.h"
#include "reconciler/execute/error_table.h"
#include "reconciler/graph/http_time.h"
#include "reconciler/graph/unanswered.h"

namespace seatkeeper {
namespace {

using nlohmann::json;

// What an answer adds to its message is short; a service gone wrong must not fill the journal.
constexpr std::size_t kMaxDetails = 8;
constexpr int kMaxNesting = 8;
constexpr std::size_t kMaxDate = 40;

const json* Find(const json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  for (const auto& [key, value] : object.items()) {
    if (EqualsIgnoreCase(key, name)) return &value;
  }
  return nullptr;
}

std::string TextAt(const json& object, std::string_view name) {
  const json* value = Find(object, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

bool IsNumber(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// What the answer says beyond code and message, each thing once.
class Further {
 public:
  explicit Further(const GraphError& error) : known_(AsciiLower(error.message)) {
    known_ += ' ' + AsciiLower(error.service.code);
  }

  // Statuses, which some answers repeat as codes, say nothing new.
  void Add(const std::string& words) {
    const auto text = AsciiLower(words);
    if (IsNumber(text) || known_.find(text) != std::string::npos || count_ == kMaxDetails) return;
    ++count_;
    known_ += ' ' + text;
    words_ += (words_.empty() ? "" : "; ") + words;
  }

  void AppendTo(std::string& message) const {
    if (words_.empty()) return;
    message = message.empty() ? words_ : fmt::format("{} ({})", message, words_);
  }

 private:
  std::string known_;  // In lower case.
  std::string words_;
  std::size_t count_ = 0;
};

void TakeDetails(const json& error, Further& further) {
  const json* details = Find(error, "details");
  if (details == nullptr || !details->is_array()) return;
  for (const json& detail : *details) {
    further.Add(TextAt(detail, "code"));
    further.Add(TextAt(detail, "message"));
  }
}

// The code is sometimes empty and the real one stands further in.
void TakeEnvelope(const json& error, GraphError& out) {
  out.service.code = TextAt(error, "code");
  out.message = TextAt(error, "message");
  std::vector<std::string> inner_codes;
  const json* inner = Find(error, "innerError");
  for (int depth = 0; inner != nullptr && depth < kMaxNesting; ++depth) {
    inner_codes.push_back(TextAt(*inner, "code"));
    if (out.service.code.empty()) out.service.code = inner_codes.back();
    if (out.service.request_id.empty()) out.service.request_id = TextAt(*inner, "request-id");
    auto& date = out.service.request_date;
    if (date.empty()) date = TextAt(*inner, "date").substr(0, kMaxDate);
    inner = Find(*inner, "innerError");
  }
  Further further(out);
  for (const auto& code : inner_codes) further.Add(code);
  TakeDetails(error, further);
  further.AppendTo(out.message);
}

const KnownError* Known(const GraphError& error) {
  return FindKnownError(error.service.status, error.service.code, error.message);
}

ErrorKind KindOf(int status) {
  if (status == 401 || status == 403) return ErrorKind::kPermission;
  if (status == 404) return ErrorKind::kNotFound;
  if (status == 429) return ErrorKind::kThrottled;
  const bool unreached = status >= 500 || IsRedirect(status);
  return unreached ? ErrorKind::kUnreachable : ErrorKind::kRejected;
}

}  // namespace

GraphError ParseGraphError(const HttpResponse& response, WallTime now) {
  GraphError error;
  error.service.status = response.status;
  error.service.retry_after = RetryAfter(response.headers, now);
  const json body = json::parse(response.body, nullptr, false);
  if (const json* envelope = Find(body, "error"); envelope != nullptr) {
    TakeEnvelope(*envelope, error);
  }
  if (IsRedirect(response.status)) error.message = DescribeRedirect(response);
  if (const auto* id = FindHeader(response.headers, "request-id");
      id != nullptr && error.service.request_id.empty()) {
    error.service.request_id = *id;
  }
  if (error.service.request_id.empty()) error.service.request_date.clear();
  return error;
}

std::string ExplainGraphError(const GraphError& error) {
  const KnownError* known = Known(error);
  if (known == nullptr) return {};
  if (known->mend.empty()) return std::string(known->meaning);
  return fmt::format("{}; {}", known->meaning, known->mend);
}

bool MayPass(const GraphError& error) {
  const KnownError* known = Known(error);
  return known != nullptr && known->reach == ErrorReach::kMoment;
}

bool IsMissingLocation(const GraphError& error) {
  const KnownError* known = Known(error);
  return known != nullptr && known->location;
}

std::string DescribeGraphError(const GraphError& error) {
  std::string explanation = ExplainGraphError(error);
  const std::string& words = error.message.empty() ? error.service.code : error.message;
  if (words.empty() && explanation.empty()) {
    return fmt::format("the service answered {}", error.service.status);
  }
  if (words.empty()) return explanation;
  if (explanation.empty()) return words;
  return fmt::format("{} \u2014 {}", words, explanation);
}

Error ToError(const GraphError& error, std::string_view doing) {
  return {.kind = KindOf(error.service.status),
          .message = fmt::format("{}: {} (status {})", doing, DescribeGraphError(error),
                                 error.service.status),
          .service = error.service};
}

}  // namespace seatkeeper
