// Runs every command of the workflows in examples/workflows for one forge: a simulated tenant, a forge
// that keeps comments, and a pull request that is pushed to again and again.
//
//   node run.mjs SEATKEEPER SIMULATOR ROOT-OF-THE-REPOSITORY github|gitlab|azure

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import MarkdownIt from 'markdown-it';
import { Azure } from './azure.mjs';
import { Forge, bot } from './forge.mjs';
import { GitHub } from './github.mjs';
import { GitLab } from './gitlab.mjs';
import { Repository, Scratch, clientId, privateKey } from './scratch.mjs';

const [seatkeeper, simulator, root] = process.argv.slice(2, 5).map((path) => resolve(path));
const Runner = { github: GitHub, gitlab: GitLab, azure: Azure }[process.argv[5]];
const marker = '<!-- seatkeeper plan of contoso -->';
const markup = '<img src=x onerror=alert(1)>` @everyone [a](b)';

const pilot = (product = 'VISIOCLIENT') => `apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: pilot}
spec:
  subjects: {rule: user.department -eq "Legal"}
  licenses: [{product: ${product}}]
`;

const done = (result) => assert.equal(result.code, 0, `${result.out}\n${result.err}`);

// As a forge shows it: HTML in Markdown included.
function elements(body) {
  return [...new Set([...new MarkdownIt({ html: true }).render(body).matchAll(/<([a-z]+)/g)].map(([, name]) => name))];
}
function proseOf(body) {
  const tokens = new MarkdownIt({ html: true }).parse(body, {});
  return tokens.flatMap(({ children }) => children ?? []).filter(({ type }) => type === 'text').map(({ content }) => content).join('\n');
}

async function snapshotIsReadOnly(scratch, forge, runner) {
  done(await runner.snapshot());
  const snapshot = readFileSync(forge.snapshot, 'utf8');
  const users = JSON.parse(snapshot).users;
  assert.equal(users.length, 200);
  const people = await (await fetch(`${scratch.graph}/_sim/state`)).json();
  for (const { id } of people.users) assert.ok(!snapshot.includes(id), 'people have pseudonyms');
  const asked = await scratch.requests();
  assert.ok(asked.some(({ application }) => application === clientId), 'as the application that may only read');
  for (const request of asked) assert.ok(!request.effective, `wrote: ${JSON.stringify(request)}`);
}

async function firstPushGivesOneComment(forge, repository, runner) {
  repository.write(`policies/${markup}.yaml`, pilot());
  forge.pull = { number: 3, branch: 'change', head: repository.push('a pilot') };
  for (let others = 0; others < 120; others += 1) forge.say('ada', 'looks good');
  forge.say('mallory', `${marker}\n## Plan for \`contoso\`\n\nNothing changes.`);
  done(await runner.checks());
  done(await runner.comment());
  assert.deepEqual(forge.writes, ['create']);
  const [{ body }] = forge.mine();
  assert.ok(body.startsWith(marker), body);
  assert.match(body, /\+ VISIOCLIENT/);
  assert.ok(body.includes(`pilot (policies/${markup}.yaml:6:`), 'as in the repository');
  assert.ok(body.includes(repository.head), 'which commit it is of');
  // The name is there, and is nothing but a name.
  for (const element of elements(body)) {
    assert.ok(['h', 'p', 'ul', 'li', 'code', 'strong', 'sub', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'details', 'summary', 'br'].includes(element), element);
  }
  assert.doesNotMatch(proseOf(body), /everyone|onerror/);
}

async function nextPushUpdatesIt(forge, repository, runner) {
  const before = forge.mine()[0].body;
  repository.remove(`policies/${markup}.yaml`);
  repository.write('policies/pilot.yaml', pilot('MCOEV'));
  const stale = forge.pull.head;
  forge.pull.head = repository.push('another product');
  if (runner.name === 'github') { // Asked about a commit that is no longer the head.
    done(await runner.comment({ commit: stale }));
    assert.deepEqual(forge.writes, ['create']);
  }
  done(await runner.comment());
  assert.deepEqual(forge.writes, ['create', 'update']);
  assert.equal(forge.mine().length, 1);
  const { body } = forge.mine()[0];
  assert.notEqual(body, before);
  assert.match(body, /\+ MCOEV/);
  assert.ok(body.includes(repository.head));
}

async function badPolicyFailsOnItsLine(forge, repository, runner) {
  repository.write('policies/pilot.yaml', pilot().replace('subjects', 'subjcts'));
  forge.pull.head = repository.push('a mistake');
  const checked = await runner.checks();
  assert.equal(checked.code, 65);
  assert.match(checked.annotations, {
    github: /::error file=policies\/pilot\.yaml,line=5,col=3,.*subjcts/,
    gitlab: /^policies\/pilot\.yaml:5: blocker: .*subjcts/m,
    azure: /##vso\[task\.logissue type=error;sourcepath=policies\/pilot\.yaml;linenumber=5;columnnumber=3;code=[a-z-]+\].*subjcts/,
  }[runner.name]);
  done(await runner.comment());
  const [{ body }, ...more] = forge.mine();
  assert.equal(more.length, 0);
  assert.ok(body.startsWith(marker), 'it is found again');
  assert.match(body, /No plan/);
  assert.match(body, /    policies\/pilot\.yaml:5:3: error/);
  assert.doesNotMatch(proseOf(body), /subjcts/);
}

async function failedTestFails(forge, repository, runner) {
  repository.write('policies/pilot.yaml', pilot());
  repository.write('policies/pilot-test.yaml', `apiVersion: seatkeeper/v1
kind: PolicyTest
metadata: {name: lawyers draw}
spec:
  users: [{userPrincipalName: ada@contoso.com, department: Legal}]
  expect: [{user: ada@contoso.com, without: [VISIOCLIENT]}]
`);
  forge.pull.head = repository.push('a test that does not hold');
  const checked = await runner.checks();
  assert.equal(checked.code, 1);
  if (runner.name === 'github') assert.match(checked.annotations, /::error file=policies\/pilot-test\.yaml,line=6/);
  else assert.match(checked.junit, /<failure/);
  repository.remove('policies/pilot-test.yaml');
}

async function linksAreNotFollowed(forge, repository, runner) {
  repository.link('policies/secret.yaml', '/proc/self/environ');
  forge.pull.head = repository.push('a link');
  done(await runner.comment());
  assert.match(forge.mine()[0].body, /No plan[^]*symbolic links/);
  assert.doesNotMatch(forge.mine()[0].body, /PATH=|token/);
  repository.remove('policies/secret.yaml');
}

async function withoutASnapshotItSaysSo(forge, repository, runner) {
  forge.pull.head = repository.push('the link is gone');
  forge.snapshot = null;
  if (runner.name === 'azure') return; // Does not start without one.
  done(await runner.comment());
  assert.match(forge.mine()[0].body, /No plan[^]*tenant\.json/);
  assert.ok(forge.mine()[0].body.includes(repository.head));
}

const checks = [
  firstPushGivesOneComment, nextPushUpdatesIt, badPolicyFailsOnItsLine, failedTestFails, linksAreNotFollowed,
  withoutASnapshotItSaysSo,
];
const scratch = new Scratch({ root, seatkeeper, simulator });
let forge;
try {
  await scratch.startTenant('--users', '200', '--seed', '4');
  const repository = new Repository(scratch);
  repository.begin(scratch);
  forge = new Forge(repository, privateKey);
  await forge.listen();
  const runner = new Runner(scratch, forge, repository);
  await snapshotIsReadOnly(scratch, forge, runner);
  for (const check of checks) await check(forge, repository, runner);
  assert.equal(forge.comments.filter(({ author }) => author === bot).length, 1);
} finally {
  forge?.close();
  await scratch.close();
}
console.log(`${checks.length + 1} passed, 0 failed`);
