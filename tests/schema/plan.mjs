// What `seatkeeper schema Plan`, `Comparison` and `Report` print and what plans, comparisons and
// reports look like must agree, judged by an independent validator (ajv).
//
//   node plan.mjs SEATKEEPER ROOT      the executable and the root of the repository
//
// The golden ones, which have one of everything, and a plan made and saved end to end are valid; no
// object of them may have a key more; and no key of the schema is without a use in them.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import Ajv2020 from "ajv/dist/2020.js";

const [seatkeeper, root] = process.argv.slice(2).map((path) => resolve(path));
const failures = [];
const expect = (right, what) => right || failures.push(what);

let schema; // The one at hand, and what ajv makes of it.
let valid;
function use(kind) {
  schema = JSON.parse(execFileSync(seatkeeper, ["schema", kind], { encoding: "utf8" }));
  // Unknown keywords are errors. The meta-schema is checked, too.
  valid = new Ajv2020({ strict: true, allErrors: true, formats: { "date-time": true } }).compile(schema);
}
const errors = () => valid.errors.map((each) => `${each.instancePath} ${each.message}`).join("; ");

/** Calls visit with every object in `value`, and where it stands. */
function walk(value, visit, place = "") {
  if (value === null || typeof value !== "object") return;
  if (!Array.isArray(value)) visit(value, place);
  for (const [key, item] of Object.entries(value)) walk(item, visit, `${place}/${key}`);
}

function checkPlan(text, name) {
  const plan = JSON.parse(text);
  expect(valid(plan), `${name}: ${valid.errors && errors()}`);
  walk(plan, (object, place) => {
    object.unheardOf = true;
    expect(!valid(plan), `${name}${place}: a key that the schema does not know is accepted`);
    delete object.unheardOf;
  });
  return plan;
}

/** The keys that objects of a schema may have, by the place of the schema. What is under `oneOf`
 * only says which of them exclude each other. */
function keysOf(part, place = "") {
  if (part === null || typeof part !== "object") return [];
  const own = Object.keys(part.properties ?? {}).map((key) => `${place}/properties/${key}`);
  const parts = Object.entries(part).filter(([key]) => key !== "oneOf");
  return own.concat(...parts.map(([key, item]) => keysOf(item, `${place}/${key}`)));
}

/** Marks the keys of the schema that `value` uses. */
function mark(part, value, used, place) {
  if (part.$ref) {
    const name = part.$ref.replace("#/$defs/", "");
    return mark(schema.$defs[name], value, used, `/$defs/${name}`);
  }
  if (Array.isArray(value)) value.forEach((item) => mark(part.items, item, used, `${place}/items`));
  for (const [key, next] of Object.entries(part.properties ?? {})) {
    if (!(key in value)) continue;
    const at = `${place}/properties/${key}`;
    used.add(at);
    mark(next, value[key], used, at);
  }
}

const used = new Set();
function checkGolden(kind, file) {
  use(kind);
  const own = new Set();
  mark(schema, checkPlan(readFileSync(join(root, "tests/golden", file), "utf8"), file), own, "");
  for (const key of keysOf(schema)) expect(own.has(key), `${file}: never has ${key}`);
  for (const key of own) used.add(`${kind}${key}`);
}

checkGolden("Comparison", "comparison_json.json");
checkGolden("Report", "report_json.json");
checkGolden("Plan", "plan_json.json");

const folder = mkdtempSync(join(tmpdir(), "seatkeeper-plan-"));
try {
  const out = join(folder, "plan.json");
  const options = { encoding: "utf8", cwd: join(root, "examples/first-plan"), stdio: "pipe" };
  const command = ["plan", "--snapshot", "tenant.json", "--policy", "policies", "--tenant", "contoso"];
  const printed = execFileSync(seatkeeper, [...command, "--format", "json", "--out", out], options);
  checkPlan(printed, "printed");
  expect(readFileSync(out, "utf8") === printed, "saved: differs from what is printed");
  use("Comparison");
  const compare = [...command, "--format", "json", "--against", "policies"];
  checkPlan(execFileSync(seatkeeper, compare, options), "compared");
  use("Report");
  const report = ["report", ...command.slice(1), "--format", "json", "--users"];
  checkPlan(execFileSync(seatkeeper, report, options), "reported");
} finally {
  rmSync(folder, { recursive: true });
}

for (const failure of failures) console.error(failure);
console.log(`${used.size} keys of plans, ${failures.length} disagreements`);
process.exit(failures.length === 0 ? 0 : 1);
