#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "reconciler/graph/decode_queue.h"
#include "reconciler/graph/graph_http.h"
#include "reconciler/graph/reader.h"
#include "reconciler/seams/tenant_provider.h"
#include "reconciler/seams/workers.h"

namespace seatkeeper {

/// One complete reading under way, or one of everything but users: carries the reader's effects
/// out. `done` comes once and must not destroy the operation from inside. Destroying it drops
/// everything without calling back.
class ReadOperation {
 public:
  ReadOperation(TokenSource::Dependencies dependencies, Workers& workers, TokenSource& tokens,
                const GraphHttpSettings& settings, const ReadRequest& request, int page_size,
                ObservedBuilder& sink, std::function<void(Result<void>)> done,
                Reader::Extent extent = Reader::Extent::kEverything);

  void Start();

 private:
  struct Page {
    PageKind kind;
    std::string doing;
    std::string body{};
    std::optional<Result<DecodedPage>> decoded{};
  };

  void Apply(std::vector<ReaderEffect> effects);
  void Get(reader_effect::Get get);
  void Decode(ReadId id, HttpResponse response);
  void TakeDecoded(ReadId id);

  ObservedBuilder& sink_;
  std::function<void(Result<void>)> done_;
  Reader reader_;
  std::map<ReadId, Page> pages_;
  std::shared_ptr<Quota> quota_;  // Null: none.
  GraphHttp http_;
  DecodeQueue queue_;  // Last: it goes first, and its jobs use what stands above.
};

}  // namespace seatkeeper
