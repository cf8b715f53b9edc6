#include "policy/product_csv.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/policy/support.h"

namespace seatkeeper {
namespace {

constexpr char kSample[] = SEATKEEPER_SOURCE_DIR "/tests/data/product-catalog.csv";
constexpr char kPublished[] = SEATKEEPER_SOURCE_DIR "/../shared/data/sku-catalog.csv";
constexpr char kHeader[] =
    "Product_Display_Name,String_Id,GUID,Service_Plan_Name,Service_Plan_Id,"
    "Service_Plans_Included_Friendly_Names\n";

SourceFile FileAt(const char* path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return {"catalog.csv", text.str()};
}

ProductCatalog Sample() { return *ParseProductCatalog(FileAt(kSample)); }

std::string IdOf(const ProductCatalog& catalog, std::string_view text) {
  const auto* product = catalog.FindProduct(text);
  return product == nullptr ? "none" : product->id.ToString();
}

std::vector<PlanId> Plans(const ProductCatalog& catalog, std::string_view text) {
  return catalog.FindPlans(text, [](const PlanId&) { return true; });
}

// "line: message" of what is wrong with these rows.
std::string Wrong(const std::string& text) {
  const auto catalog = ParseProductCatalog({"catalog.csv", text});
  return catalog ? "nothing"
                 : std::to_string(catalog.error().position->line) + ": " + catalog.error().message;
}

TEST(ProductCsv, FindsByEveryNameOfAProduct) {
  const auto catalog = Sample();
  const std::string large = "c0000000-0000-4000-8000-000000000001";
  for (const auto* name :
       {"CONTOSO_LARGE", "contoso_large", "C0000000-0000-4000-8000-000000000001",
        "contoso suite, LARGE", "Contoso Suite,  Large", "Contoso Suite, Large (2025)"}) {
    EXPECT_EQ(IdOf(catalog, name), large) << name;
  }
  EXPECT_EQ(catalog.FindProduct("CONTOSO_LARGE")->display_name, "Contoso Suite, Large");
  EXPECT_EQ(IdOf(catalog, "KONTOR CAFÉ"), "c0000000-0000-4000-8000-000000000004");
}

TEST(ProductCsv, FindsPlansByNameIdAndFriendlyName) {
  const auto catalog = Sample();
  const auto chat = *PlanId::Parse("c1000000-0000-4000-8000-000000000002");
  for (const auto* name : {"chat", "C1000000-0000-4000-8000-000000000002", "Team chat", "TALK"}) {
    EXPECT_EQ(Plans(catalog, name), std::vector{chat}) << name;
  }
  EXPECT_EQ(Plans(catalog, "mail \"large\"").size(), 1u);
  EXPECT_EQ(Plans(catalog, "Paper").size(), 2u) << "two plans have this friendly name";
  EXPECT_EQ(Plans(catalog, "YAMMER_ENTERPRISE").size(), 1u) << "the built-in facts are still there";
  EXPECT_TRUE(Plans(catalog, "no such plan").empty());
}

TEST(ProductCsv, RowsThatStandTwiceCountOnce) {
  EXPECT_EQ(Sample().FindProduct("CONTOSO_LARGE")->plans.size(), 4u);
}

TEST(ProductCsv, ANameOfSeveralProductsIsAmbiguous) {
  const auto catalog = Sample();
  EXPECT_EQ(catalog.FindProducts("contoso_calling").size(), 2u);
  EXPECT_EQ(catalog.FindProduct("contoso_calling"), nullptr);
}

TEST(ProductCsv, OverridesTheBuiltInFactsAndKeepsTheRest) {
  const auto catalog = Sample();
  const auto f1 = *SkuId::Parse("66b55226-6b4f-492c-910c-a3b7a3c9d993");
  EXPECT_EQ(catalog.FindProduct(f1)->part_number, "SPE_F1_CONTOSO");
  EXPECT_EQ(catalog.FindProduct(f1)->plans.size(), 1u);
  EXPECT_EQ(catalog.FindProduct("SPE_F1")->part_number, "SPE_F1")
      << "a name that the file does not know still means what it meant";
  EXPECT_EQ(IdOf(catalog, "SPE_E5"), "c0000000-0000-4000-8000-000000000005");
  EXPECT_EQ(IdOf(catalog, "SPE_E3"), "05e9a617-0261-4cee-bb44-138d3ef5d965");
}

TEST(ProductCsv, ColumnsAreFoundByTheirNames) {
  const auto catalog = ParseProductCatalog(
      {"c.csv",
       "guid,Note,String_Id,Product_Display_Name,Service_Plan_Id,Service_Plan_Name,"
       "Service_Plans_Included_Friendly_Names\n"
       "c0000000-0000-4000-8000-000000000001,hello,PART,Name,,,\n"});
  ASSERT_TRUE(catalog.ok()) << catalog.error().message;
  EXPECT_EQ(catalog->FindProduct("part")->display_name, "Name");
}

TEST(ProductCsv, SaysInWhichLineWhatIsWrong) {
  const std::string header = kHeader;
  const std::string good = "N,P,c0000000-0000-4000-8000-000000000001,,,\n";
  EXPECT_EQ(Wrong(header + good), "nothing");
  EXPECT_EQ(Wrong(""), "0: the product catalogue is empty");
  EXPECT_EQ(Wrong(header), "0: the product catalogue lists no product");
  EXPECT_EQ(Wrong("a,b\n"),
            "1: the first line of a product catalogue names its columns, and "
            "`Product_Display_Name` is not among them");
  EXPECT_EQ(Wrong(header + good + "N,P,c0000000,,,\n"),
            "3: `GUID` must be a GUID, but is `c0000000`");
  EXPECT_EQ(Wrong(header + "N,P,,,,\n"), "2: `GUID` must be a GUID, but is empty");
  EXPECT_EQ(Wrong(header + "N,P,c0000000-0000-4000-8000-000000000001,PLAN,,\n"),
            "2: `Service_Plan_Id` must be a GUID, but is empty");
  EXPECT_EQ(Wrong(header + good + "N,P\n"),
            "3: this row has 2 values, but the first line names 6 columns");
  EXPECT_EQ(Wrong(header + "\"N\nM\",P,c0000000-0000-4000-8000-000000000001,,,\n\"N"),
            "4: not a CSV file: a field in quotes is never closed");
  EXPECT_EQ(Wrong(header + good + "caf\xE9,P,c0000000-0000-4000-8000-000000000001,,,\n"),
            "3: a value of this row is not UTF-8; save the file as UTF-8");
}

TEST(ProductCsv, ReadsThePublishedTable) {
  if (!std::filesystem::exists(kPublished)) GTEST_SKIP() << "the table is not on this machine";
  const auto parsed = ParseProductCatalog(FileAt(kPublished));
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  const auto& catalog = *parsed;
  EXPECT_EQ(IdOf(catalog, "spe_e3"), "05e9a617-0261-4cee-bb44-138d3ef5d965");
  EXPECT_EQ(catalog.FindProducts("MCOPSTN5").size(), 2u);
  EXPECT_EQ(IdOf(catalog, "RIGHTSMANAGEMENT_CE_GOV"), "78362de1-6942-4bb8-83a1-a32aa67e6e2c")
      << "a tab stands behind it in the table";
  EXPECT_EQ(IdOf(catalog, "O365_w/o Teams Bundle_M3"),
            catalog.FindProduct("O365_w/o\u00A0Teams\u00A0Bundle_M3")->id.ToString());
  EXPECT_EQ(IdOf(catalog, "Microsoft Copilot Studio User License"),
            IdOf(catalog, "Power Virtual Agent User License"))
      << "the table calls one product both";
}

}  // namespace
}  // namespace seatkeeper
