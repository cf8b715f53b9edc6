#pragma once

#include <functional>
#include <map>
#include <string>
#include <unordered_set>
#include <vector>

#include "reconciler/graph/audit_page.h"
#include "reconciler/graph/graph_http.h"
#include "reconciler/graph/token_source.h"
#include "reconciler/seams/audit_reader.h"

namespace seatkeeper {

/// One listing of the audit log under way, page by page: of very many the newest, for the service
/// begins with those and lets an application ask five times in ten seconds. `done` comes once and
/// must not destroy the operation from inside. Destroying it drops everything without calling back.
/// Sources: Graph's reference of directoryAudit: list; Graph's throttling limits.
class AuditOperation {
 public:
  AuditOperation(TokenSource::Dependencies dependencies, TokenSource& tokens,
                 const GraphHttpSettings& settings, std::function<void(Result<AuditRead>)> done);

  void Start(WallTime since);

 private:
  void Get(std::string link);
  void Take(const Result<HttpResponse>& response);
  void Keep(AuditPage::Entry entry);
  void Finish(bool whole);

  std::function<void(Result<AuditRead>)> done_;
  std::map<std::string, LicenseEvent> of_correlation_;
  std::vector<LicenseEvent> others_;  // Of no correlation.
  std::unordered_set<std::string> links_;
  GraphHttp http_;
};

}  // namespace seatkeeper
