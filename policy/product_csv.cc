#include "policy/product_csv.h"

#include <algorithm>
#include <array>
#include <memory>

#include "policy/csv.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

enum Column : std::size_t {
  kDisplayName,
  kPartNumber,
  kProductId,
  kPlanName,
  kPlanId,
  kPlanFriendlyName,
  kColumns
};
constexpr std::array<std::string_view, kColumns> kHeader = {
    "Product_Display_Name", "String_Id",       "GUID",
    "Service_Plan_Name",    "Service_Plan_Id", "Service_Plans_Included_Friendly_Names"};

class CatalogReader {
 public:
  explicit CatalogReader(const SourceFile& file) : file_(file), records_(file.text) {}

  Result<ProductCatalog> Read() {
    if (auto header = ReadHeader(); !header) return std::move(header).error();
    while (true) {
      auto record = Next();
      if (!record) return std::move(record).error();
      if (!*record) break;
      if (auto row = TakeRow(**record); !row) return std::move(row).error();
    }
    if (table_->products().empty()) return Invalid("the product catalogue lists no product", 0);
    return ProductCatalog(std::move(table_));
  }

 private:
  Error Invalid(std::string message, int line) const {
    return {.kind = ErrorKind::kInvalid,
            .message = std::move(message),
            .position = SourcePosition{file_.path, line, line == 0 ? 0 : 1},
            .service = {}};
  }

  Result<std::optional<CsvRecord>> Next() {
    auto record = records_.Next();
    if (!record) {
      return Invalid("not a CSV file: " + record.error().message, record.error().position->line);
    }
    if (!*record) return record;
    for (const auto& field : (*record)->fields) {
      if (!IsUtf8(field)) {
        return Invalid("a value of this row is not UTF-8; save the file as UTF-8", (*record)->line);
      }
    }
    return record;
  }

  Result<void> ReadHeader() {
    auto record = Next();
    if (!record) return std::move(record).error();
    if (!*record) return Invalid("the product catalogue is empty", 0);
    const auto& fields = (*record)->fields;
    width_ = fields.size();
    for (std::size_t column = 0; column < kColumns; ++column) {
      const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& field) {
        return EqualsIgnoreCase(CollapseSpace(field), kHeader[column]);
      });
      if (found == fields.end()) {
        return Invalid("the first line of a product catalogue names its columns, and " +
                           Quoted(kHeader[column]) + " is not among them",
                       (*record)->line);
      }
      places_[column] = static_cast<std::size_t>(found - fields.begin());
    }
    return {};
  }

  Result<void> TakeRow(const CsvRecord& record) {
    if (record.fields.size() != width_) {
      return Invalid("this row has " + std::to_string(record.fields.size()) +
                         " values, but the first line names " + std::to_string(width_) + " columns",
                     record.line);
    }
    std::array<std::string, kColumns> values;
    for (std::size_t column = 0; column < kColumns; ++column) {
      values[column] = CollapseSpace(record.fields[places_[column]]);
    }
    const auto product = SkuId::Parse(values[kProductId]);
    if (!product) return BadId(kProductId, values, record.line);
    const auto plan = PlanId::Parse(values[kPlanId]);
    const bool has_plan = !values[kPlanId].empty() || !values[kPlanName].empty();
    if (!plan && has_plan) return BadId(kPlanId, values, record.line);
    table_->Add({.product = *product,
                 .part_number = values[kPartNumber],
                 .display_name = values[kDisplayName],
                 .plan = plan,
                 .plan_name = values[kPlanName],
                 .plan_friendly_name = values[kPlanFriendlyName]});
    return {};
  }

  Error BadId(Column column, const std::array<std::string, kColumns>& values, int line) const {
    const auto& value = values[column];
    return Invalid(Quoted(kHeader[column]) + " must be a GUID, but is " +
                       (value.empty() ? std::string("empty") : Quoted(value)),
                   line);
  }

  const SourceFile& file_;
  CsvReader records_;
  std::unique_ptr<ProductTable> table_ = std::make_unique<ProductTable>();
  std::size_t width_ = 0;
  std::array<std::size_t, kColumns> places_{};  // Where each column stands in a row.
};

}  // namespace

Result<ProductCatalog> ParseProductCatalog(const SourceFile& file) {
  return CatalogReader(file).Read();
}

}  // namespace seatkeeper
