#pragma once

#include <string>
#include <vector>

#include "daemon/cli.h"

namespace CLI {
class App;
}

namespace seatkeeper {

/// What CLI11 writes into; turned into the typed options once everything was read.
struct Parsed {
  CommonOptions common;
  std::string log_level;
  std::string log_format = "text";
  std::string format = "text";
  ValidateOptions validate;
  PlanOptions plan;
  ApplyOptions apply;
  RunOptions run;
  SnapshotOptions snapshot;
  SelectOptions select;
  ProductsOptions products;
  CoverageOptions coverage;
  ExplainOptions explain;
  HistoryOptions history;
  ApproveOptions approve;
  SchemaOptions schema;
  TestOptions test;
  SuspendOptions suspend;
  ResumeOptions resume;
  UndoOptions undo;
  ReportOptions report;
  OneOffOptions one_off;
  AcceptOptions accept;
  ImportOptions importing;
};

/// Which of the common options a command takes, beside --config.
enum CommonSet : unsigned {
  kPlain = 0,
  kTenants = 1,
  kPolicy = 2,
  kColor = 4,
  kLog = 8,
  kProducts = 16
};

// What commands have in common.
void AddCommon(CLI::App& command, Parsed& parsed, unsigned set);
void AddFormat(CLI::App& command, Parsed& parsed, std::vector<std::string> formats);
void AddSnapshot(CLI::App& command, std::string& snapshot);
CLI::App& AddCommand(CLI::App& app, const char* name, const char* purpose, const char* footer);

// The commands, a file for each group.
void AddChangeCommands(CLI::App& app, Parsed& parsed);  ///< About changes: plan, apply, run.
void AddApproveCommand(CLI::App& app, Parsed& parsed);  ///< About what is held: approve.
void AddUndoCommand(CLI::App& app, Parsed& parsed);     ///< About what was taken: undo.
/// About a tenant as it is, and why: explain, coverage, products, select, snapshot.
void AddLookCommands(CLI::App& app, Parsed& parsed);
/// About stopping and letting go on: suspend, resume.
void AddControlCommands(CLI::App& app, Parsed& parsed);
/// About the files and the service: validate, history, doctor, schema.
void AddToolCommands(CLI::App& app, Parsed& parsed);
void AddOneOffCommands(CLI::App& app, Parsed& parsed);  ///< Beside policy: assign, unassign.
void AddReportCommand(CLI::App& app, Parsed& parsed);   ///< About money: report.
void AddAcceptCommand(CLI::App& app, Parsed& parsed);   ///< About drift: accept.
void AddImportCommand(CLI::App& app, Parsed& parsed);   ///< To begin with: import.
void AddTestCommand(CLI::App& app, Parsed& parsed);     ///< About policy tests: test.

}  // namespace seatkeeper
