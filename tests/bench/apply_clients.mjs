// What people write with the official JavaScript client to change many users: one request after the
// other, or batches of 20 whose throttled items go again after the longest Retry-After. `foreign`
// writes for ever, with another application. Started by apply.mjs.
//
//   node apply_clients.mjs MODE BASE TENANT CLIENT SECRET KIND COUNT ADD REMOVE
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, GraphError } from '@microsoft/microsoft-graph-client';

const [mode, base, tenant, clientId, secret, kind, count, add, remove] = process.argv.slice(2);
const BATCH = 20;

async function signIn() {
  const answer = await fetch(`${base}/${tenant}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: clientId, client_secret: secret,
      scope: 'https://graph.microsoft.com/.default', grant_type: 'client_credentials' }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()).access_token;
}

const token = await signIn();
const client = Client.init({
  baseUrl: `${base}/`,
  defaultVersion: 'v1.0',
  customHosts: new Set(['localhost']),
  authProvider: (done) => done(null, token),
});

const idOf = (number) => `${kind}0000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const bodyOf = (number) => ({
  addLicenses: [{ skuId: add, disabledPlans: [] }],
  removeLicenses: number % 2 === 0 ? [] : [remove],
});
const assignment = (number) => ({
  id: String(number), method: 'POST', url: `/users/${idOf(number)}/assignLicense`,
  headers: { 'Content-Type': 'application/json' }, body: bodyOf(number),
});
const location = (number) => ({
  id: String(number), method: 'PATCH', url: `/users/${idOf(number)}`,
  headers: { 'Content-Type': 'application/json' },
  body: { usageLocation: Math.random() < 0.5 ? 'FR' : 'DE' },
});

// The client itself tries three times again, after Retry-After.
async function one(number) {
  for (;;) {
    try {
      return await client.api(`/users/${idOf(number)}/assignLicense`).post(bodyOf(number));
    } catch (error) {
      if (!(error instanceof GraphError) || error.statusCode !== 429) throw error;
    }
  }
}

const retryAfter = ({ headers }) => Number(
  Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'retry-after')?.[1] ?? 1);

async function batch(requests) {
  let left = requests;
  while (left.length > 0) {
    const { responses } = await client.api('/$batch').post({ requests: left });
    const throttled = responses.filter(({ status }) => status === 429);
    const failed = responses.find(({ status }) => status >= 300 && status !== 429);
    if (failed) throw new Error(JSON.stringify(failed));
    if (throttled.length > 0) await sleep(1000 * Math.max(...throttled.map(retryAfter)));
    const again = new Set(throttled.map(({ id }) => id));
    left = left.filter(({ id }) => again.has(id));
  }
}

const numbers = Array.from({ length: Number(count) }, (_, number) => number);
const batchesOf = (make) => Array.from({ length: Math.ceil(numbers.length / BATCH) },
  (_, index) => numbers.slice(index * BATCH, (index + 1) * BATCH).map(make));

if (mode === 'sequential') {
  for (const number of numbers) await one(number);
} else if (mode === 'batched') {
  for (const requests of batchesOf(assignment)) await batch(requests);
} else if (mode === 'foreign') {
  process.on('SIGTERM', () => process.exit(0));
  for (;;) {
    for (const requests of batchesOf(location)) await batch(requests);
  }
} else {
  throw new Error(`no such mode: ${mode}`);
}
