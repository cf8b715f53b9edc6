// What the simulator answers, and what seatkeeper asks, is held against a description of Microsoft
// Graph that is neither's own. Exits with 77 where that description is not at hand.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Slice, place } from './slice.mjs';
import { Tenant, clientId, folder, tenantId, until } from './tenant.mjs';

const slice = Slice.load();
if (!slice) {
  console.log(`not checked: there is no ${place}`);
  process.exit(77);
}

const e3 = '05e9a617-0261-4cee-bb44-138d3ef5d965';
const powerBi = 'f8a1db68-be16-40ed-86d5-cb42ce701560';
const visio = 'c5928f49-12ba-48f7-ada3-0d743a3601d5';
const nobody = '99999999-9999-9999-9999-999999999999';

const tenant = await Tenant.start('--users', '250', '--seed', '5', '--group-delay', '0');

// One request to Graph, as it is.
class Caller {
  constructor(token) { this.token = token; }
  async ask(method, target, body) {
    const answer = await fetch(target.startsWith('https:') ? target : `${tenant.url}/v1.0${target}`, {
      method,
      headers: {
        Authorization: `Bearer ${this.token}`, ConsistencyLevel: 'eventual', ...(body && { 'Content-Type': 'application/json' }),
      },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    const type = answer.headers.get('Content-Type') ?? '';
    return { status: answer.status, body: type.startsWith('application/json') ? JSON.parse(text) : (text && Number(text)) };
  }
  // As the description says, and with this status.
  async conforms(status, method, target, body) {
    const answer = await this.ask(method, target, body);
    const path = target.replace(`${tenant.url}/v1.0`, '');
    const operation = slice.operation(method, path);
    assert.ok(operation, `${method} ${path} is not described`);
    assert.deepEqual(slice.judgeAnswer(operation, answer.status, answer.body), [], `${method} ${path}`);
    assert.equal(answer.status, status, `${method} ${path}: ${JSON.stringify(answer.body).slice(0, 300)}`);
    return answer.body;
  }
}

const graph = new Caller(await tenant.token());

// Of a user: all that the description has and a listing gives. Microsoft's list of those that only a
// single user has, what stands behind links, and what Intune keeps, are not among them.
const single = ['aboutMe', 'birthday', 'hireDate', 'interests', 'mySite', 'pastProjects', 'preferredName', 'responsibilities',
  'schools', 'skills'];
const links = ['licenseDetails', 'manager', 'memberOf', 'transitiveMemberOf'];
const ofUsers = [...slice.propertiesOf({ $ref: '#/components/schemas/microsoft.graph.user' })]
  .filter((name) => ![...single, ...links, 'deviceEnrollmentLimit'].includes(name));
const ofGroups = ['id', 'assignedLicenses', 'classification', 'createdDateTime', 'description', 'displayName', 'groupTypes',
  'licenseProcessingState', 'mail', 'mailEnabled', 'mailNickname', 'membershipRule', 'membershipRuleProcessingState',
  'onPremisesSyncEnabled', 'proxyAddresses', 'securityEnabled', 'securityIdentifier', 'visibility'];

test('what is read conforms', async () => {
  const { users, groups } = await tenant.state();
  const [user] = users;
  const group = groups.find(({ members }) => members.length > 3).id;
  const everybody = await graph.conforms(200, 'GET', `/users?$select=${ofUsers}&$top=999`);
  assert.equal(everybody.value.length, users.length);
  for (const name of ofUsers) assert.ok(name in everybody.value[0] || name === 'signInActivity', `${name} was asked for`);
  assert.equal(await graph.conforms(200, 'GET', '/users/$count'), users.length);
  for (const target of [
    '/users', '/users?$top=7&$count=true', `/users/${user.id}`, `/users/${user.id}?$select=${[...ofUsers, ...single]}`,
    `/users/${encodeURIComponent(user.userPrincipalName)}?$select=id`, `/users/${user.id}/licenseDetails`,
    '/groups', `/groups?$select=${ofGroups}`, `/groups/${group}`, `/groups/${group}?$select=${ofGroups}`,
    `/groups/${group}/members`, `/groups/${group}/members?$select=id&$top=2`, `/groups/${group}/transitiveMembers?$select=id`,
    `/groups/${group}/membersWithLicenseErrors`,
    `/groups/${group}/members/microsoft.graph.user?$count=true`, `/groups/${group}/transitiveMembers/microsoft.graph.user?$count=true`,
    '/subscribedSkus', '/subscribedSkus?$select=skuId,skuPartNumber,prepaidUnits', '/directory/subscriptions', '/organization',
  ]) await graph.conforms(200, 'GET', target);
});

test('a delta round, and what it tells afterwards, conforms', async () => {
  const follow = async (target) => {
    const page = await graph.conforms(200, 'GET', target);
    return page['@odata.nextLink'] ? follow(page['@odata.nextLink']) : page;
  };
  const gone = await tenant.newcomer('gone');
  const { '@odata.deltaLink': link } = await follow('/users/delta?$select=id,displayName,assignedLicenses,licenseAssignmentStates');
  await tenant.edit({ op: 'deleteUser', user: gone });
  const { value } = await follow(link);
  assert.ok(value.some((row) => row.id === gone && row['@removed']));

  const { '@odata.deltaLink': groupLink } = await follow('/groups/delta?$select=displayName,members');
  const { groups } = await tenant.state();
  const { id } = groups.find(({ members }) => members.length > 3);
  const left = groups.find((group) => group.id === id).members[0];
  await tenant.edit({ op: 'removeMember', group: id, user: left });
  const { value: changed } = await follow(groupLink);
  const rows = changed.filter((row) => row.id === id).flatMap((row) => row['members@delta'] ?? []);
  assert.ok(rows.some((member) => member.id === left && member['@removed']));
});

test('what is written conforms', async () => {
  const user = await tenant.newcomer('written');
  const group = (await tenant.state()).groups[0].id;
  await tenant.edit({ op: 'setSku', skuId: e3, set: { prepaidUnits: { enabled: 5000 } } });
  const add = { addLicenses: [{ skuId: e3, disabledPlans: [] }], removeLicenses: [] };
  await graph.conforms(204, 'PATCH', `/users/${user}`, { usageLocation: 'AT' });
  await graph.conforms(200, 'POST', `/users/${user}/assignLicense`, add);
  await graph.conforms(200, 'POST', `/users/${user}/reprocessLicenseAssignment`, {});
  await graph.conforms(202, 'POST', `/groups/${group}/assignLicense`, add);
  const headers = { 'Content-Type': 'application/json' };
  const unknown = { addLicenses: [{ skuId: nobody }], removeLicenses: [] };
  const requests = [
    { id: '1', method: 'GET', url: `/users/${user}?$select=id,assignedLicenses` },
    { id: '2', method: 'POST', url: `/users/${user}/assignLicense`, headers, body: unknown },
    { id: '3', method: 'PATCH', url: `/users/${nobody}`, headers, body: { usageLocation: 'AT' } },
  ];
  const { responses } = await graph.conforms(200, 'POST', '/$batch', { requests });
  assert.deepEqual(responses.map(({ id, status }) => `${id}: ${status}`).sort(), ['1: 200', '2: 400', '3: 404']);
  for (const { id, status, body } of responses) {
    const { method, url } = requests.find((request) => request.id === id);
    assert.deepEqual(slice.judgeAnswer(slice.operation(method, url), status, body), [], id);
  }
});

test('whatever is described is answered as described, if only with an error', async () => {
  const stranger = new Caller('not.a.token');
  for (const { method, template } of slice.operations) {
    const target = template.replace(/\{[^}]+\}/g, nobody);
    const body = method === 'GET' ? undefined : {};
    for (const caller of [graph, stranger]) {
      const answer = await caller.ask(method, target, body);
      assert.deepEqual(slice.judgeAnswer(slice.operation(method, target), answer.status, answer.body), [], `${method} ${target}`);
      if (caller === stranger) assert.equal(answer.status, 401);
    }
  }
});

test('errors of every status conform', async () => {
  for (const status of [400, 401, 403, 404, 409, 410, 423, 429, 500, 501, 502, 503, 504]) {
    await tenant.faults({ match: { path: '/users' }, fault: { kind: 'status', status, retryAfter: '1' } });
    const { error } = await graph.conforms(status, 'GET', '/users');
    assert.match(error.innerError['request-id'], /^[0-9a-f-]{36}$/);
  }
  await tenant.control('DELETE', 'faults');
});

// Graph has these as well; the description at hand does not.
const undescribed = {
  'GET /groups/{}/members/$count': /^\/groups\/[0-9a-f-]{36}\/members\/\$count$/,
  'GET /groups/{}/transitiveMembers/$count': /^\/groups\/[0-9a-f-]{36}\/transitiveMembers\/\$count$/,
  'GET /users/{}/directReports': /^\/users\/[0-9a-f-]{36}\/directReports\?\$select=id&\$top=\d+$/,
  'GET /users/{}/directReports/$count': /^\/users\/[0-9a-f-]{36}\/directReports\/\$count$/,
  'POST /users/{}/checkMemberGroups': /^\/users\/[0-9a-f-]{36}\/checkMemberGroups$/,
};

class Reconciler {
  constructor() {
    this.cwd = mkdtempSync(join(folder, 'reconciler-'));
    mkdirSync(join(this.cwd, 'policies'));
    writeFileSync(join(this.cwd, 'seatkeeper.yaml'), `apiVersion: seatkeeper/v1
kind: Config
server: {listen: 127.0.0.1:0}
tenants:
  - name: contoso
    provider: graph
    tenantId: ${tenantId}
    mode: enforce
    interval: 1s
    auth: {clientId: ${clientId}, clientSecretFile: ../secret}
    caFile: ../authority.pem
    endpoints: {graph: "${tenant.url}", login: "${tenant.url}"}
`);
  }
  policies(...specs) {
    const documents = specs.map(([kind, spec], number) => [
      'apiVersion: seatkeeper/v1', `kind: ${kind}`, `metadata: {name: number ${number}}`, `spec: ${JSON.stringify(spec)}`, '',
    ].join('\n'));
    writeFileSync(join(this.cwd, 'policies/all.yaml'), documents.join('---\n'));
  }
  run(...words) {
    return new Promise((done) => {
      execFile(process.env.CLIENTS_SEATKEEPER, words, { cwd: this.cwd }, (error, out, err) => {
        done({ code: error?.code ?? 0, out, err });
      });
    });
  }
  async daemonUntil(holds) {
    const daemon = spawn(process.env.CLIENTS_SEATKEEPER, ['run'], { cwd: this.cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    let told = '';
    daemon.stderr.on('data', (data) => { told += data; });
    const ended = new Promise((done) => { daemon.on('close', done); });
    try {
      await until('the daemon has asked', holds);
    } catch (error) {
      throw new Error(told, { cause: error });
    } finally {
      daemon.kill();
      await ended;
    }
  }
}

const grant = (product, subjects, { plans, spec } = {}) => (
  ['LicensePolicy', { subjects, licenses: [{ product, ...plans }], ...spec }]
);

// Something of everything: rules, groups, links, locations, service plans, a group that is licensed,
// and somebody who loses a product.
async function policiesForAllOfIt(reconciler) {
  const { users, groups } = await tenant.state();
  const [manager, first, second] = users;
  const pilots = groups.find(({ displayName }) => displayName === 'Copilot Pilot');
  const stranded = await tenant.newcomer('stranded', { department: 'Archive', usageLocation: null });
  const holder = await tenant.newcomer('holder', { department: 'Archive' });
  const left = '88888888-8888-8888-8888-888888888888';
  // What is managed in full is taken from whoever else has it, and too many losses would be held.
  const others = users.filter(({ licenseAssignmentStates = [] }) => licenseAssignmentStates.some(({ skuId }) => skuId === powerBi));
  await tenant.edit(
    ...others.map(({ id }) => ({ op: 'unassign', user: id, skuId: powerBi })),
    ...[e3, powerBi, visio].map((skuId) => ({ op: 'setSku', skuId, set: { prepaidUnits: { enabled: 5000 } } })),
    { op: 'setManager', user: first.id, manager: manager.id },
    { op: 'setManager', user: second.id, manager: manager.id },
    { op: 'addGroup', group: { id: left, displayName: 'Left Sales', securityEnabled: true, members: [] } },
    { op: 'addMember', group: left, user: holder },
    { op: 'assign', user: holder, skuId: powerBi },
  );
  const longAway = 'user.signInActivity.lastSignInDateTime -le system.now -minus p900d';
  reconciler.policies(
    grant('SPE_E3', { rule: 'user.department -eq "Archive" -and user.extensionAttribute1 -ne "off"' }, {
      plans: { disabledPlans: ['YAMMER_ENTERPRISE'] }, spec: { usageLocation: { default: 'FR' } },
    }),
    grant('POWER_BI_PRO', { rule: `Direct Reports for "${manager.id}"` }),
    grant('POWER_BI_PRO', { rule: `user.memberOf -any (group.objectId -in ['${pilots.id}'])`, where: 'user.department -eq "Archive"' }),
    grant('VISIOCLIENT', { groups: [pilots.id] }, { spec: { delivery: 'group' } }),
    ['LicensePolicy', { priority: 1000, subjects: { groups: ['Left Sales'] }, revoke: ['POWER_BI_PRO'] }],
    ['LicensePolicy', { subjects: { rule: longAway, where: 'user.department -eq "Archive"' }, revoke: ['POWER_BI_PRO'] }],
    ['ProductPolicy', { product: 'POWER_BI_PRO', management: 'full', unassign: { after: '0d', confirmations: 1 } }],
  );
  return { stranded, holder, pilots };
}

test('what seatkeeper asks is described, and its bodies are', async () => {
  const reconciler = new Reconciler();
  const { stranded, holder, pilots } = await policiesForAllOfIt(reconciler);
  const since = await tenant.asked();
  for (const words of ['doctor', 'products', 'snapshot --out tenant.json', 'plan', 'apply --yes', 'apply --yes']) {
    const done = await reconciler.run(...words.split(' '));
    assert.equal(done.code, 0, `${words}\n${done.out}\n${done.err}`);
  }
  // Where a rule is about sign-ins or managers, the service does not tell who has changed.
  const other = new Reconciler();
  other.policies(grant('SPE_E3', { rule: 'user.department -eq "Archive"' }));
  const followed = /\/users\/delta\?\$deltatoken=(?!latest)/;
  await other.daemonUntil(async () => (await tenant.log(since)).some(({ target }) => followed.test(target)));

  const state = await tenant.state();
  const rows = (id) => state.users.find((user) => user.id === id).licenseAssignmentStates.map(({ skuId }) => skuId);
  assert.deepEqual(rows(stranded), [e3]);
  assert.ok(!rows(holder).includes(powerBi), 'it was taken');
  assert.deepEqual(state.groups.find(({ id }) => id === pilots.id).assignedLicenses.map(({ skuId }) => skuId), [visio]);

  const used = new Set();
  const judge = ({ method, target, body, status }) => {
    const path = target.replace(/^\/v1\.0/, '');
    const operation = slice.operation(method, path);
    const extra = Object.keys(undescribed).find((name) => name.startsWith(`${method} `) && undescribed[name].test(path));
    assert.ok(operation ?? extra, `${method} ${target} is not described`);
    used.add(operation ? `${method} ${operation.template}` : extra);
    const isBatch = path === '/$batch'; // Judged by its items.
    const faults = operation && !isBatch ? slice.judgeRequest(operation, path, body) : [];
    assert.deepEqual(faults, [], `${method} ${target} ${JSON.stringify(body)}`);
    assert.ok(status < 500, `${method} ${target}: ${status}`);
  };
  for (const entry of await tenant.log(since)) {
    if (!entry.target.startsWith('/v1.0/')) continue; // The token.
    judge(entry);
    // The log has the items of a batch one by one, with the version.
    if (!entry.items) continue;
    const requests = entry.items.map(({ id, method, target, body }) => ({ id, method, url: target, ...(body && { body }) }));
    assert.deepEqual(slice.judgeRequest(slice.operation('POST', '/$batch'), '/$batch', { requests }), []);
    entry.items.forEach(judge);
  }
  const described = [
    'GET /directory/subscriptions', 'GET /groups', 'GET /groups/{group-id}', 'GET /groups/{group-id}/members',
    'GET /groups/{group-id}/transitiveMembers', 'GET /organization', 'GET /subscribedSkus', 'GET /users',
    'GET /users/$count', 'GET /users/delta()', 'GET /users/{user-id}', 'PATCH /users/{user-id}',
    'POST /$batch', 'POST /groups/{group-id}/assignLicense', 'POST /users/{user-id}/assignLicense',
  ];
  assert.deepEqual([...used].sort(), [...described, ...Object.keys(undescribed)].sort(), 'all that seatkeeper asks, and no more');
});
