#include "daemon/history_adoptions.h"

#include <fmt/format.h>

#include "daemon/csv_cell.h"
#include "daemon/json_object.h"
#include "daemon/product_name.h"
#include "daemon/subject_text.h"
#include "reconciler/plan/printable.h"

namespace seatkeeper {
namespace {

constexpr const char* kAdopted = "adopted";

std::string WhatOf(const AdoptionEntry& entry, const ProductCatalog& catalog) {
  std::string what;
  for (const auto& product : entry.adopted.products) {
    what += (what.empty() ? "=" : " =") + NameOf(product, catalog);
  }
  return what;
}

}  // namespace

std::string AdoptionText(const AdoptionEntry& entry, const TenantNames& names,
                         const ProductCatalog& catalog) {
  return fmt::format("{} {} {} {} adopted\n    by {} with `import --adopt`, adoption {}\n",
                     FormatTime(entry.at), Printable(names(entry.tenant)),
                     SubjectText(entry.adopted.user_principal_name, false),
                     Printable(WhatOf(entry, catalog)), Printable(entry.who), entry.adoption);
}

std::string AdoptionJson(const AdoptionEntry& entry, const TenantNames& names,
                         const ProductCatalog& catalog) {
  JsonArray adopted;
  for (const auto& product : entry.adopted.products) {
    adopted.Raw(JsonObject()
                    .Text("skuId", product.ToString())
                    .Text("partNumber", NameOf(product, catalog))
                    .Finish());
  }
  JsonObject object;
  object.Text("id", entry.adoption + "/" + entry.adopted.user.ToString())
      .Text("tenant", names(entry.tenant))
      .Text("tenantId", entry.tenant.tenant_id)
      .Text("cloud", entry.tenant.cloud);
  AddSubject(object, {}, entry.adopted.user, entry.adopted.user_principal_name);
  return object.Raw("adopted", adopted.Finish())
      .Text("state", kAdopted)
      .Text("intendedAt", FormatTime(entry.at))
      .Text("reason", kAdopted)
      .Text("who", entry.who)
      .Finish();
}

std::string AdoptionCsv(const AdoptionEntry& entry, const TenantNames& names,
                        const ProductCatalog& catalog) {
  const std::string none;
  const auto& adopted = entry.adopted;
  std::string line;
  for (const auto& cell :
       {FormatTime(entry.at), names(entry.tenant), adopted.user_principal_name,
        adopted.user.ToString(), none, none, WhatOf(entry, catalog), std::string(kAdopted),
        std::string(kAdopted), none, none, none, none, none, "by " + entry.who, none}) {
    line += (line.empty() ? "" : ",") + CsvCell(cell);
  }
  return line;
}

}  // namespace seatkeeper
