#include "reconciler/graph/unanswered.h"

#include <fmt/format.h>

#include "reconciler/graph/url.h"

namespace seatkeeper {
namespace {

std::string_view MendOf(CertificateTrouble trouble) {
  switch (trouble) {
    case CertificateTrouble::kNone:
    case CertificateTrouble::kOther:
      return {};
    case CertificateTrouble::kUnknownIssuer:
      return "if the authority behind it is one of your own, name its file with the tenant's "
             "caFile; if not, somebody stands between here and the service";
    case CertificateTrouble::kOutOfTime:
      return "it has to be renewed where it is from, or this machine's clock is wrong; no caFile "
             "helps";
    case CertificateTrouble::kOtherHost:
      return "the tenant's endpoints must name the host as its certificate does; if they do, "
             "somebody stands between here and the service";
    case CertificateTrouble::kNoAuthorities:
      return "the tenant's caFile must name a readable file with certificates, PEM";
  }
  return {};
}

}  // namespace

std::string DescribeFailure(const HttpOutcome& outcome) {
  const auto mend = MendOf(outcome.certificate);
  if (mend.empty()) return outcome.failure;
  return fmt::format("{} \u2014 {}", outcome.failure, mend);
}

bool MayPass(const HttpOutcome& outcome) {
  return outcome.certificate == CertificateTrouble::kNone;
}

bool IsRedirect(int status) { return status >= 300 && status < 400; }

std::string DescribeRedirect(const HttpResponse& response) {
  const auto* location = FindHeader(response.headers, "Location");
  const auto origin = location == nullptr ? std::string() : ShownOrigin(*location);
  return fmt::format(
      "the answer is a redirect{}, which is not followed: tokens and secrets go to the tenant's "
      "endpoints only \u2014 check endpoints, and whether a proxy answers in the service's place",
      origin.empty() ? "" : " to " + origin);
}

}  // namespace seatkeeper
