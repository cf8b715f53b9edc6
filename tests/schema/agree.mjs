// The loader and an independent validator (ajv), which has only the printed JSON Schema, must give
// the same verdict on every example and fixture.
//
//   node agree.mjs SEATKEEPER ROOT      the executable and the root of the repository
//
// good/*.yaml  both accept.
// bad/*.yaml   the loader refuses with the code in the first line, and ajv refuses; where the name
//              ends in .beyond.yaml the rule is beyond JSON Schema, and ajv must accept.
// Files called config-* or that hold `kind: Config` are read as configs, all others as policies.

import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import Ajv2020 from "ajv/dist/2020.js";
import { parseAllDocuments } from "yaml";

const [seatkeeper, root] = process.argv.slice(2);
const here = join(root, "tests/schema");
const options = {
  encoding: "utf8",
  env: {
    AZURE_TENANT_ID: "11111111-1111-1111-1111-111111111111",
    AZURE_CLIENT_ID: "22222222-2222-2222-2222-222222222222",
    AZURE_CLIENT_SECRET: "not a secret",
  },
};
const failures = [];
const expect = (right, file, what) => right || failures.push(`${relative(root, file)}: ${what}`);

const print = (...kind) => JSON.parse(execFileSync(seatkeeper, ["schema", ...kind], options));
// Unknown keywords are errors. `required` may stand apart from the `properties` that it is about.
const strictness = { strict: true, strictRequired: false, allowUnionTypes: true };
const ajv = new Ajv2020({ ...strictness, allErrors: true });
const whole = print();
const anyDocument = ajv.compile(whole); // Throws where the schema is none, by the meta-schema.
const kinds = whole.properties.kind.enum;
const oneKind = new Map(kinds.map((kind) => [kind, ajv.compile(print(kind))]));

const isConfig = (text) => /^kind: Config$/m.test(text);

/** The codes with which the loader refuses a file; none: it accepts it. */
function loaderRefuses(file, text) {
  const policy = join(here, "good/name-like-a-boolean.yaml"); // For all tenants.
  // The files of an example belong together: policy tests name policies of other files.
  const whole = file.startsWith(join(root, "examples")) ? dirname(file) : file;
  const checked = isConfig(text) ? ["--config", file, policy] : ["--format", "json", whole];
  const done = spawnSync(seatkeeper, ["validate", ...checked], options);
  if (done.status !== 0 && done.status !== 65) throw new Error(`${file}: ${done.stderr}`);
  if (done.status === 0) return [];
  if (isConfig(text)) return [...done.stderr.matchAll(/ error: .*\[([a-z-]+)\]$/gm)].map((m) => m[1]);
  const findings = JSON.parse(done.stdout).findings;
  const ofFile = findings.filter((each) => each.path === file);
  return ofFile.filter((each) => each.severity === "error").map((each) => each.code);
}

/** What ajv has against a file; none: it accepts it. */
function schemaRefuses(file, text) {
  const errors = [];
  for (const document of parseAllDocuments(text, { uniqueKeys: false, logLevel: "silent" })) {
    expect(document.errors.length === 0, file, `not YAML: ${document.errors[0]}`);
    const data = document.toJS();
    const accepted = anyDocument(data);
    errors.push(...(anyDocument.errors ?? []));
    const own = oneKind.get(data?.kind);
    expect(!own || own(data) === accepted, file, "the schema of its kind says otherwise");
  }
  return errors.map((each) => `${each.instancePath} ${each.message}`);
}

function yamlFiles(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return yamlFiles(path);
    return entry.name.endsWith(".yaml") ? [path] : [];
  });
}

const good = [...yamlFiles(join(here, "good")), ...yamlFiles(join(root, "examples"))];
for (const file of good) {
  const text = readFileSync(file, "utf8");
  const codes = loaderRefuses(file, text);
  const errors = schemaRefuses(file, text);
  expect(codes.length === 0, file, `the loader refuses it: ${codes}`);
  expect(errors.length === 0, file, `the schema refuses it: ${errors.join("; ")}`);
}

const bad = yamlFiles(join(here, "bad"));
for (const file of bad) {
  const text = readFileSync(file, "utf8");
  const wanted = /^# ([a-z-]+)\n/.exec(text)?.[1];
  const codes = loaderRefuses(file, text);
  const errors = schemaRefuses(file, text);
  expect(codes.includes(wanted), file, `the loader says [${codes}] instead of ${wanted}`);
  if (file.endsWith(".beyond.yaml")) {
    expect(errors.length === 0, file, `beyond JSON Schema, yet refused: ${errors.join("; ")}`);
  } else {
    expect(errors.length > 0, file, "the schema accepts it");
  }
}

expect(bad.length >= 60 && good.length >= 10, here, "where have the fixtures gone?");
for (const failure of failures) console.error(failure);
console.log(`${good.length} good and ${bad.length} bad files, ${failures.length} disagreements`);
process.exit(failures.length === 0 ? 0 : 1);
