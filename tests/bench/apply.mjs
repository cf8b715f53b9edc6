// Carries so many changes out in a made-up tenant: with `seatkeeper apply`, and with scripts
// (apply_clients.mjs). Each in a simulator of its own, with the service's limits at their real
// figures and everything so many times as fast. Started by tests/bench/apply.
//
//   node apply.mjs FOLDER SEATKEEPER SEATKEEPER_SIM [--changes N] [--scale N] [--latency MS]
//                  [--only NAME]
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    changes: { type: 'string', default: '5000' },
    scale: { type: 'string', default: '10' },
    latency: { type: 'string', default: '300' },
    only: { type: 'string' },
  },
});
const [folder, seatkeeper, simulator] = positionals;
const changes = Number(options.changes);
const scale = Number(options.scale);
const latencyMs = Number(options.latency) / scale;

// Microsoft Graph, per application and tenant.
const WRITES = 3000;
const WRITES_PERIOD_MS = 150_000;
const PER_SECOND = (WRITES * 1000) / WRITES_PERIOD_MS;

const TENANT = '11111111-1111-1111-1111-111111111111';
const OURS = { clientId: '22222222-2222-2222-2222-222222222222', secret: 'simulated-secret' };
const FOREIGN = { clientId: '33333333-3333-3333-3333-333333333333', secret: 'foreign' };
const HIGH = { part: 'PROJECTPROFESSIONAL', sku: '53818b1b-4a27-454b-8896-0dba576410e6' };
const LOW = { part: 'PROJECT_P1', sku: 'beb6439c-caad-48d3-bf46-0c82871e12be' };
const BYSTANDERS = 400;

// ---- The tenant

const guid = (kind, number) => `${kind}0000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

// Of the users of a department every other one holds the lower product: a swap takes it away, which
// has to be looked at once more before.
function makeUsers(kind, department, count) {
  return Array.from({ length: count }, (_, number) => ({
    id: guid(kind, number),
    userPrincipalName: `${department}${number}@contoso.example`,
    displayName: `${department} ${number}`,
    accountEnabled: true,
    userType: 'Member',
    usageLocation: 'FR',
    department,
    licenseAssignmentStates: number % 2 === 0 ? [] : [{
      skuId: LOW.sku, disabledPlans: [], assignedByGroup: null, state: 'Active', error: 'None',
      lastUpdatedDateTime: '2025-12-01T00:00:00Z',
    }],
  }));
}

const makeProduct = ({ part, sku }) => ({
  skuId: sku, skuPartNumber: part, appliesTo: 'User', capabilityStatus: 'Enabled', consumedUnits: 0,
  prepaidUnits: { enabled: 1_000_000, warning: 0, suspended: 0, lockedOut: 0 }, servicePlans: [],
});

const tenant = {
  apiVersion: 'seatkeeper/v1', kind: 'Snapshot', tenant: TENANT, readAt: '2026-01-05T08:00:00Z',
  users: [...makeUsers('a', 'alpha', changes), ...makeUsers('b', 'beta', changes),
    ...makeUsers('c', 'bystander', BYSTANDERS)],
  subscribedSkus: [makeProduct(HIGH), makeProduct(LOW)],
  groups: [],
  subscriptions: [],
};
writeFileSync(`${folder}/tenant.json`, JSON.stringify(tenant));

const policyFor = (department) => `apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: bench}
spec:
  subjects: {rule: user.department -eq "${department}"}
  licenses: [{product: ${HIGH.part}}]
---
apiVersion: seatkeeper/v1
kind: ProductLadder
metadata: {name: project}
spec: {products: [${HIGH.part}, ${LOW.part}]}
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: high}
spec: {product: ${HIGH.part}, management: full}
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: low}
spec: {product: ${LOW.part}, management: full}
---
apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: none}
spec: {maxUnassign: off, maxAssign: off, maxChanges: off}
`;

const per = (ms) => `${Math.round(ms / scale)}ms`;
const configFor = (name, base) => `apiVersion: seatkeeper/v1
kind: Config
policy: {path: policies-${name}}
store: {sqlite: {path: ${name}.db}}
limits:
  writes: {count: ${WRITES}, per: ${per(WRITES_PERIOD_MS)}}
  resourceUnits: {count: 8000, per: ${per(10_000)}}
  applicationWrites: {count: 35000, per: ${per(300_000)}}
  applicationResourceUnits: {count: 150000, per: ${per(20_000)}}
tenants:
  - name: contoso
    provider: graph
    tenantId: ${TENANT}
    auth: {clientId: ${OURS.clientId}, clientSecretFile: secret}
    endpoints: {graph: "${base}", login: "${base}"}
    caFile: cert.pem
`;

// ---- Processes

function start(command, args, log) {
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (data) => { text += data; });
  child.stderr.on('data', (data) => { text += data; });
  const done = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      writeFileSync(`${folder}/${log}.log`, text);
      resolve({ code, text });
    });
  });
  return { child, done };
}

async function startSimulator() {
  const port = `${folder}/port`;
  writeFileSync(port, '');
  const { child, done } = start(simulator, ['--listen', '127.0.0.1:0', '--port-file', port,
    '--tenant', 'tenant.json', '--tls', 'cert.pem', 'key.pem', '--quota-scale', String(scale)],
  'sim');
  while (readFileSync(port, 'utf8') === '') {
    if (child.exitCode !== null) throw new Error(`the simulator ended: ${(await done).text}`);
    await sleep(20);
  }
  const base = `https://localhost:${readFileSync(port, 'utf8').trim()}`;
  const control = async (method, path, body) => {
    const answer = await fetch(`${base}/_sim/${path}`,
      { method, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return answer.text();
  };
  await control('PUT', 'applications', [{ ...FOREIGN, roles: ['User.ReadWrite.All'] }]);
  // A batch takes as long as its slowest item.
  await control('PUT', 'faults', [{ match: { path: '/v1.0/users/*' },
    fault: { kind: 'delay', ms: Math.round(latencyMs) } }]);
  const stop = async () => { child.kill('SIGTERM'); await done; };
  return { base, control, stop };
}

async function applyWithSeatkeeper(name, department, base) {
  writeFileSync(`${folder}/secret`, OURS.secret);
  if (!existsSync(`${folder}/policies-${name}`)) mkdirSync(`${folder}/policies-${name}`);
  writeFileSync(`${folder}/policies-${name}/policy.yaml`, policyFor(department));
  writeFileSync(`${folder}/${name}.yaml`, configFor(name, base));
  const { code, text } = await start(seatkeeper,
    ['apply', '--config', `${name}.yaml`, '--yes', '--format', 'json'], name).done;
  if (code !== 0) throw new Error(`seatkeeper ended with ${code}:\n${text.slice(0, 3000)}`);
}

const script = (mode, base, kind, count, { clientId, secret } = OURS) =>
  start(process.execPath, [new URL('apply_clients.mjs', import.meta.url).pathname, mode, base,
    TENANT, clientId, secret, kind, String(count), HIGH.sku, LOW.sku], mode);

async function runScript(mode, base) {
  const { code, text } = await script(mode, base, 'a', changes).done;
  if (code !== 0) throw new Error(`${mode} ended with ${code}:\n${text.slice(-3000)}`);
}

// ---- What the tenant saw

// All writes of an application, items of batches each: when, and whether they were let through.
async function writesOf(control, { clientId }) {
  const writes = [];
  for (const line of (await control('GET', 'log')).split('\n')) {
    if (line === '') continue;
    const entry = JSON.parse(line);
    const requests = entry.items ?? [entry];
    for (const request of requests) {
      const writing = request.method === 'PATCH' || request.target.includes('assignLicense');
      if (!writing || (request.application ?? entry.application) !== clientId) continue;
      writes.push({ at: entry.atMs, status: request.status });
    }
  }
  return writes;
}

function judge(writes, wanted) {
  const accepted = writes.filter(({ status }) => status < 300);
  if (accepted.length !== wanted) {
    throw new Error(`${accepted.length} changes were made, not ${wanted}`);
  }
  const times = writes.map(({ at }) => at);
  const first = times.reduce((a, b) => Math.min(a, b));
  const last = accepted.reduce((latest, { at }) => Math.max(latest, at), 0);
  const throttled = writes.filter(({ status }) => status === 429).length;
  return { seconds: ((last - first) / 1000) * scale, throttled: throttled / writes.length };
}

// A full bucket of writes at once, the rest as it fills up.
const idealSeconds = (writes) => Math.max(0, writes - WRITES) / PER_SECOND;

function report(name, { seconds, throttled }, writes) {
  const ideal = idealSeconds(writes);
  const share = ideal === 0 ? '' : `${((100 * ideal) / seconds).toFixed(1)} % of the ideal speed`;
  console.log(`${name.padEnd(46)} ${seconds.toFixed(1).padStart(8)} s  ` +
    `ideal ${ideal.toFixed(1).padStart(6)} s  ${share.padEnd(27)} ` +
    `${(100 * throttled).toFixed(2).padStart(6)} % throttled`);
  return seconds;
}

async function within(run) {
  const sim = await startSimulator();
  try {
    return await run(sim);
  } finally {
    await sim.stop();
  }
}

const scenarios = {
  seatkeeper: () => within(async ({ base, control }) => {
    await applyWithSeatkeeper('alone', 'alpha', base);
    return report('seatkeeper', judge(await writesOf(control, OURS), changes), changes);
  }),
  shared: () => within(async ({ base, control }) => {
    const foreign = script('foreign', base, 'c', BYSTANDERS, FOREIGN);
    await Promise.all([applyWithSeatkeeper('first', 'alpha', base),
      applyWithSeatkeeper('second', 'beta', base)]);
    foreign.child.kill('SIGTERM');
    await foreign.done;
    const theirs = await writesOf(control, FOREIGN);
    report(`seatkeeper, twice at once, ${theirs.length} foreign writes`,
      judge(await writesOf(control, OURS), 2 * changes), 2 * changes);
  }),
  batched: () => within(async ({ base, control }) => {
    await runScript('batched', base);
    return report('script in batches of 20', judge(await writesOf(control, OURS), changes),
      changes);
  }),
  sequential: () => within(async ({ base, control }) => {
    await runScript('sequential', base);
    return report('script, one after the other', judge(await writesOf(control, OURS), changes),
      changes);
  }),
};

console.log(`${changes} changes, times as without the time-lapse of ${scale}; ` +
  `${options.latency} ms an answer; Microsoft Graph's limits`);
const took = {};
for (const [name, run] of Object.entries(scenarios)) {
  if (options.only === undefined || options.only === name) took[name] = await run();
}
for (const beside of ['batched', 'sequential']) {
  if (!took.seatkeeper || !took[beside]) continue;
  console.log(`${beside}: ${(took[beside] / took.seatkeeper).toFixed(2)} times as long as ours`);
}
