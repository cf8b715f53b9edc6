// Microsoft's client of Graph drives the simulator: what it makes of the answers is what a real
// client makes of the real service.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchRequestContent, BatchResponseContent, GraphError, PageIterator } from '@microsoft/microsoft-graph-client';
import { Tenant, clientId, clientSecret } from './tenant.mjs';

const e3 = '05e9a617-0261-4cee-bb44-138d3ef5d965';
const yammer = '7547a3fe-08ee-4ccb-b430-5077c5041653';
const nobody = '99999999-9999-9999-9999-999999999999';
const people = 450; // More than four of the pages that nobody asked to be larger.

const tenant = await Tenant.start('--users', String(people), '--seed', '11');
const graph = tenant.graph();
await tenant.edit({ op: 'setSku', skuId: e3, set: { prepaidUnits: { enabled: 10_000 } } });

async function everything(request, options) {
  const rows = [];
  const iterator = new PageIterator(graph, await request.get(), (row) => { rows.push(row); return true; }, options);
  await iterator.iterate();
  assert.ok(iterator.isComplete());
  return { rows, deltaLink: iterator.getDeltaLink() };
}
const idsOf = (rows) => rows.map(({ id }) => id).sort();
const failureOf = (request) => request.then(() => assert.fail('it was answered'), (error) => error);
const license = (user, add, remove = []) => graph.api(`/users/${user}/assignLicense`).post({ addLicenses: add, removeLicenses: remove });

test('the page iterator goes through everybody, each once', async () => {
  const asked = await tenant.asked();
  const { rows } = await everything(graph.api('/users').select(['id', 'userPrincipalName', 'assignedLicenses']));
  assert.deepEqual(idsOf(rows), idsOf((await tenant.state()).users));
  assert.equal(new Set(idsOf(rows)).size, rows.length);
  for (const row of rows) assert.deepEqual(Object.keys(row).sort(), ['assignedLicenses', 'id', 'userPrincipalName']);
  const pages = (await tenant.log(asked)).filter(({ target }) => target.startsWith('/v1.0/users?'));
  assert.equal(pages.length, Math.ceil(people / 100));
});

test('the page iterator keeps to the size of page, the count and the headers that were asked for', async () => {
  const headers = { ConsistencyLevel: 'eventual' };
  const first = await graph.api('/users').select('id').top(200).count(true).headers(headers).get();
  assert.equal(first.value.length, 200);
  assert.equal(first['@odata.count'], people);
  const { rows } = await everything(graph.api('/users').select('id').top(200).count(true).headers(headers), { headers });
  assert.equal(rows.length, people);
  assert.equal(await graph.api('/users/$count').headers(headers).get(), String(people));
});

test('the members of a group, of groups in it, and those of them who are users', async () => {
  const headers = { ConsistencyLevel: 'eventual' };
  const { groups } = await tenant.state();
  const inner = groups.find(({ members }) => members.length > 3);
  const nested = '77777777-7777-7777-7777-777777777777';
  await tenant.edit(
    { op: 'addGroup', group: { id: nested, displayName: 'Outer', securityEnabled: true, members: [] } },
    { op: 'addMember', group: nested, user: inner.id },
  );
  const found = await graph.api('/groups').filter("displayName eq 'Outer'").select('id,displayName').get();
  assert.deepEqual(found.value, [{ id: nested, displayName: 'Outer' }]);
  assert.deepEqual(idsOf((await everything(graph.api(`/groups/${nested}/members`).select('id'))).rows), [inner.id]);
  const all = (await everything(graph.api(`/groups/${nested}/transitiveMembers`).select('id'))).rows;
  assert.ok(all.some((row) => row.id === inner.id && row['@odata.type'] === '#microsoft.graph.group'));
  const cast = graph.api(`/groups/${nested}/transitiveMembers/microsoft.graph.user`).select('id').count(true).headers(headers);
  assert.deepEqual(idsOf((await everything(cast, { headers })).rows), [...inner.members].sort());
});

test('a delta round, what changed after it, and then nothing', async () => {
  const gone = await tenant.newcomer('gone');
  const began = await everything(graph.api('/users/delta').select('id,displayName,assignedLicenses'));
  assert.deepEqual([...new Set(idsOf(began.rows))], idsOf((await tenant.state()).users));

  const renamed = began.rows.find(({ id }) => id !== gone).id;
  const licensed = await tenant.newcomer('delta');
  await tenant.edit({ op: 'setUser', user: renamed, set: { displayName: 'Another name' } }, { op: 'deleteUser', user: gone });
  await license(licensed, [{ skuId: e3, disabledPlans: [] }]);
  const changed = await everything(graph.api(began.deltaLink));
  const last = new Map(changed.rows.map((row) => [row.id, row])); // Rows may come twice.
  assert.equal(last.get(renamed).displayName, 'Another name');
  assert.deepEqual(last.get(licensed).assignedLicenses, [{ skuId: e3, disabledPlans: [] }]);
  assert.deepEqual(last.get(gone)['@removed'], { reason: 'changed' });

  const again = await everything(graph.api(changed.deltaLink));
  const known = new Set([renamed, licensed, gone]);
  for (const { id } of again.rows) assert.ok(known.has(id), `${id}: nothing happened to them`);
  assert.notEqual(again.deltaLink, undefined);
});

test('a licence is given, changed and taken, and read back', async () => {
  const user = await tenant.newcomer('licensed');
  const held = () => graph.api(`/users/${user}`).select('assignedLicenses,licenseAssignmentStates').get();
  const answer = await license(user, [{ skuId: e3, disabledPlans: [] }]);
  assert.equal(answer.id, user);
  const [row, ...more] = (await held()).licenseAssignmentStates;
  assert.equal(more.length, 0);
  assert.deepEqual([row.skuId, row.state, row.assignedByGroup], [e3, 'Active', null]);

  await license(user, [{ skuId: e3, disabledPlans: [yammer] }]);
  assert.deepEqual((await held()).assignedLicenses, [{ skuId: e3, disabledPlans: [yammer] }]);
  await license(user, [], [e3]);
  assert.deepEqual((await held()).assignedLicenses, []);
});

// `Request` wants a whole address; the client cuts off what stands before the path.
const step = (id, path, body) => {
  const init = body && { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  return { id, request: new Request(`${tenant.url}/v1.0${path}`, init) };
};

test('a batch of which part fails', async () => {
  const given = await tenant.newcomer('given');
  const unknown = await tenant.newcomer('unknown');
  const throttled = await tenant.newcomer('throttled');
  const add = (skuId) => ({ addLicenses: [{ skuId, disabledPlans: [] }], removeLicenses: [] });
  await tenant.faults({ match: { user: throttled }, fault: { kind: 'status', status: 429, retryAfter: '2.128' } });
  const content = new BatchRequestContent([
    step('given', `/users/${given}/assignLicense`, add(e3)),
    step('unknown', `/users/${unknown}/assignLicense`, add(nobody)),
    step('throttled', `/users/${throttled}/assignLicense`, add(e3)),
    step('nobody', `/users/${nobody}?$select=id`),
    step('read', `/users/${unknown}?$select=id,usageLocation`),
  ]);
  const answers = new BatchResponseContent(await graph.api('/$batch').post(await content.getContent()));
  const status = (id) => answers.getResponseById(id).status;
  const code = async (id) => (await answers.getResponseById(id).json()).error.code;
  assert.deepEqual(['given', 'unknown', 'throttled', 'nobody', 'read'].map(status), [200, 400, 429, 404, 200]);
  assert.equal(await code('unknown'), 'Request_BadRequest');
  assert.equal(await code('throttled'), 'TooManyRequests');
  assert.equal(answers.getResponseById('throttled').headers.get('Retry-After'), '2.128');
  assert.equal(await code('nobody'), 'Request_ResourceNotFound');
  assert.equal((await answers.getResponseById('read').json()).usageLocation, 'FR');
  await tenant.control('DELETE', 'faults');
  const held = async (id) => (await graph.api(`/users/${id}`).select('assignedLicenses').get()).assignedLicenses.length;
  assert.deepEqual([await held(given), await held(unknown), await held(throttled)], [1, 0, 0]);
});

test('a batch in order, which ends where a step fails', async () => {
  const user = await tenant.newcomer('sequence');
  const add = (skuId) => ({ addLicenses: [{ skuId, disabledPlans: [] }], removeLicenses: [] });
  const content = new BatchRequestContent([
    step('1', `/users/${user}/assignLicense`, add(nobody)),
    { ...step('2', `/users/${user}/assignLicense`, add(e3)), dependsOn: ['1'] },
  ]);
  const answers = new BatchResponseContent(await graph.api('/$batch').post(await content.getContent()));
  assert.deepEqual(['1', '2'].map((id) => answers.getResponseById(id).status), [400, 424]);
});

test('throttling and an outage are waited for, as long as the service says', async () => {
  const user = await tenant.newcomer('waits');
  await tenant.faults(
    { match: { user }, fault: { kind: 'status', status: 429, retryAfter: '0.7' }, count: 1 },
    { match: { user }, fault: { kind: 'status', status: 503, retryAfter: '0' }, count: 1 },
    { match: { user }, fault: { kind: 'status', status: 504, retryAfter: '0' }, count: 1 },
  );
  const asked = await tenant.asked();
  const began = performance.now();
  await license(user, [{ skuId: e3, disabledPlans: [] }]);
  assert.ok(performance.now() - began >= 690, 'not before the time that the 429 gave');
  const log = (await tenant.log(asked)).filter((entry) => entry.user === user);
  assert.deepEqual(log.map(({ status }) => status), [429, 503, 504, 200]);
  assert.deepEqual(log.map(({ effective }) => effective), [false, false, false, true]);
});

test('an error is one that the client can take apart', async () => {
  const missing = await failureOf(graph.api(`/users/${nobody}`).header('client-request-id', nobody).get());
  assert.ok(missing instanceof GraphError);
  assert.equal(missing.statusCode, 404);
  assert.equal(missing.code, 'Request_ResourceNotFound');
  assert.match(missing.message, new RegExp(nobody));
  assert.equal(missing.requestId, missing.headers.get('request-id'));
  assert.match(missing.requestId, /^[0-9a-f-]{36}$/);
  assert.equal(JSON.parse(missing.body).innerError['client-request-id'], nobody);
  assert.match(JSON.parse(missing.body).innerError.date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);

  const stranded = await tenant.newcomer('stranded', { usageLocation: null });
  const refused = await failureOf(license(stranded, [{ skuId: e3, disabledPlans: [] }]));
  assert.deepEqual([refused.statusCode, refused.code], [400, 'Request_BadRequest']);
  assert.match(refused.message, /invalid usage location/);

  await tenant.faults({ match: { path: '/organization' }, fault: { kind: 'status', status: 400, code: '' } });
  assert.equal((await failureOf(graph.api('/organization').get())).code, '', 'Graph is seen to answer an empty code');
  await tenant.control('DELETE', 'faults');
});

test('who may not, and who is nobody, are told so', async () => {
  const other = { clientId: '44444444-4444-4444-4444-444444444444', clientSecret };
  await tenant.control('PUT', 'applications', [{ clientId: other.clientId, secret: clientSecret, roles: ['User.Read.All'] }]);
  const reader = tenant.graph(tenant.application(other));
  assert.equal((await reader.api('/users').top(1).get()).value.length, 1);
  const denied = await failureOf(reader.api('/groups').get());
  assert.deepEqual([denied.statusCode, denied.code], [403, 'Authorization_RequestDenied']);

  const forged = { acquireTokenByClientCredential: async () => ({ accessToken: 'e30.e30.e30' }) };
  const unknown = await failureOf(tenant.graph(forged).api('/users').get());
  assert.deepEqual([unknown.statusCode, unknown.code], [401, 'InvalidAuthenticationToken']);
  const asked = await tenant.log();
  assert.ok(asked.some(({ application }) => application === clientId) && asked.some(({ application }) => application === other.clientId));
});
