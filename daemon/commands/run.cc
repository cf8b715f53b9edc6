#include "daemon/commands/command.h"
#include "daemon/service.h"

namespace seatkeeper {

ExitCode RunDaemon(const CommonOptions& common, const RunOptions& options,
                   CommandContext& context) {
  auto config = OpenConfig(common, context);
  if (!config) return Report(config.error(), context);
  if (const auto tenants = SelectTenants(*config, common.tenants); !tenants) {
    return Report(tenants.error(), context);
  }
  Log log(context.err, common.log_level, common.log_format);
  Service service(std::move(config).value(),
                  {.config_path = common.config_path,
                   .tenants = common.tenants,
                   .policy = common.policy,
                   .product_catalog = common.product_catalog,
                   .port_file = options.port_file,
                   .environment = context.environment},
                  log);
  return service.Run();
}

}  // namespace seatkeeper
