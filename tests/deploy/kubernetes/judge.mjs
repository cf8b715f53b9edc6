// Renders every overlay of deploy/kubernetes and judges it, independently of what wrote it: by the
// schemas of Kubernetes and of Prometheus Operator, unknown keys included, by the restricted Pod
// Security Standard, and by whether what is referred to is there.
//
//   node judge.mjs ROOT-OF-THE-REPOSITORY

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments, parse } from 'yaml';
import * as apps from 'kubernetes-models/apps/v1';
import * as batch from 'kubernetes-models/batch/v1';
import * as core from 'kubernetes-models/v1';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as monitoring from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { createDefaultMonokleValidator } from '@monokle/validation';

const root = process.argv[2];
const kinds = {
  v1: core,
  'apps/v1': apps,
  'batch/v1': batch,
  'networking.k8s.io/v1': networking,
  'monitoring.coreos.com/v1': monitoring,
};

function render(overlay) {
  const text = execFileSync('kubectl', ['kustomize', join(root, 'deploy/kubernetes', overlay)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  return parseAllDocuments(text).map((document) => document.toJS());
}

// The schemas let unknown keys pass. What a validator never looks at is unknown to it.
function watched(value, path, seen) {
  if (value === null || typeof value !== 'object') return value;
  return new Proxy(value, {
    get(target, key) {
      if (typeof key !== 'string' || !Object.hasOwn(target, key)) return target[key];
      seen.add(`${path}/${key}`);
      return watched(target[key], `${path}/${key}`, seen);
    },
  });
}
function* pathsOf(value, path = '') {
  if (value === null || typeof value !== 'object') return;
  for (const key of Object.keys(value)) {
    yield `${path}/${key}`;
    yield* pathsOf(value[key], `${path}/${key}`);
  }
}

function schemaProblems(resource) {
  const Model = kinds[resource.apiVersion]?.[resource.kind];
  if (!Model) return [`no schema of ${resource.apiVersion} ${resource.kind}`];
  const seen = new Set();
  const model = new Model(resource);
  try {
    model.validate.call(watched(model, '', seen));
  } catch (error) {
    return [error.message];
  }
  return [...pathsOf(resource)].filter((path) => !seen.has(path)).map((path) => `unknown: ${path}`);
}

// All of the standard, at its restricted level; the validator leaves most of it off.
const podRules = [
  'host-process', 'host-namespaces', 'privileged-containers', 'capabilities', 'host-path-volumes',
  'host-ports', 'app-armor', 'selinux', 'proc-mount', 'seccomp', 'sysctls', 'volume-types',
  'privilege-escalation', 'running-as-non-root', 'running-as-non-root-user', 'seccomp-strict',
  'capabilities-strict',
];

async function podProblems(resources) {
  const validator = createDefaultMonokleValidator();
  await validator.preload({
    plugins: { 'pod-security-standards': true, 'resource-links': true },
    rules: Object.fromEntries(podRules.map((rule) => [`pod-security-standards/${rule}`, 'err'])),
  });
  const given = resources.map((content, index) => ({
    id: String(index),
    fileId: 'rendered.yaml',
    filePath: 'rendered.yaml',
    fileOffset: 0,
    name: content.metadata.name,
    kind: content.kind,
    apiVersion: content.apiVersion,
    namespace: content.metadata.namespace,
    content,
    text: JSON.stringify(content, null, 1),
  }));
  const said = await validator.validate({ resources: given });
  return said.runs.flatMap((run) => run.results).map((result) => `${result.ruleId}: ${result.message.text}`);
}

function podOf(resource) {
  return (resource.spec.jobTemplate ?? resource).spec.template.spec;
}

function workloadOf(resources) {
  const found = resources.filter(({ kind }) => kind === 'Deployment' || kind === 'CronJob');
  assert.equal(found.length, 1, 'one workload');
  return found[0];
}

// The judges see what is wrong.
function planted(resources, spoil) {
  const copy = structuredClone(resources);
  spoil(workloadOf(copy), podOf(workloadOf(copy)));
  return copy;
}
async function judgesSeeFaults(resources) {
  const misspelt = planted(resources, (_, pod) => { pod.containers[0].imagePullPolcy = 'Always'; });
  assert.match(schemaProblems(workloadOf(misspelt)).join(), /imagePullPolcy/);
  const mistyped = planted(resources, (workload) => { workload.spec.replicas = 'one'; workload.spec.schedule = 1; });
  assert.notDeepEqual(schemaProblems(workloadOf(mistyped)), []);
  for (const spoil of [
    (_, pod) => { delete pod.containers[0].securityContext.runAsNonRoot; },
    (_, pod) => { pod.containers[0].securityContext.allowPrivilegeEscalation = true; },
    (_, pod) => { delete pod.containers[0].securityContext.capabilities; },
    (_, pod) => { delete pod.securityContext.seccompProfile; },
    (_, pod) => { pod.volumes.push({ name: 'host', hostPath: { path: '/' } }); },
    (_, pod) => { pod.hostNetwork = true; },
  ]) {
    assert.notDeepEqual(await podProblems(planted(resources, spoil)), [], String(spoil));
  }
}

let checked = 0;
for (const overlay of ['daemon', 'cronjob', 'monitoring', 'workload-identity', 'workload-identity-cronjob']) {
  const resources = render(overlay);
  for (const resource of resources) {
    assert.deepEqual(schemaProblems(resource), [], `${overlay}: ${resource.kind} ${resource.metadata.name}`);
    checked += 1;
  }
  assert.deepEqual(await podProblems(resources), [], overlay);
  await judgesSeeFaults(resources);
  const pod = podOf(workloadOf(resources));
  assert.ok(pod.terminationGracePeriodSeconds >= 60, 'requests under way are finished');
  assert.equal(pod.containers[0].securityContext.readOnlyRootFilesystem, true);
}

const daemon = workloadOf(render('daemon'));
assert.equal(daemon.spec.replicas, 1);
assert.equal(daemon.spec.strategy.type, 'Recreate', 'two processes never share a store');
assert.equal(workloadOf(render('cronjob')).spec.concurrencyPolicy, 'Forbid');

// What Azure's webhook makes of a pod that it knows by the label and by its account's annotation.
// Source: Azure Workload Identity documentation, "Mutating Admission Webhook".
function afterTheWebhook(resources) {
  const account = resources.find(({ kind }) => kind === 'ServiceAccount');
  const client = account.metadata.annotations?.['azure.workload.identity/client-id'];
  assert.match(client ?? '', /^[0-9a-f-]{36}$/, 'who signs in');
  const copy = structuredClone(resources);
  const workload = workloadOf(copy);
  const { metadata, spec } = (workload.spec.jobTemplate ?? workload).spec.template;
  assert.equal(metadata.labels['azure.workload.identity/use'], 'true');
  assert.equal(spec.serviceAccountName, account.metadata.name);
  spec.volumes.push({
    name: 'azure-identity-token',
    projected: {
      defaultMode: 420,
      sources: [{ serviceAccountToken: { audience: 'api://AzureADTokenExchange', expirationSeconds: 3600, path: 'azure-identity-token' } }],
    },
  });
  for (const container of spec.containers) {
    container.volumeMounts.push({ name: 'azure-identity-token', mountPath: '/var/run/secrets/azure/tokens', readOnly: true });
    container.env = [
      { name: 'AZURE_CLIENT_ID', value: client },
      { name: 'AZURE_TENANT_ID', value: '11111111-1111-1111-1111-111111111111' },
      { name: 'AZURE_FEDERATED_TOKEN_FILE', value: '/var/run/secrets/azure/tokens/azure-identity-token' },
      { name: 'AZURE_AUTHORITY_HOST', value: 'https://login.microsoftonline.com/' },
    ];
  }
  return copy;
}

// No secret of the tenant is anywhere; that of the listener is its own certificate.
for (const [overlay, secrets] of [['workload-identity', ['seatkeeper-tls']], ['workload-identity-cronjob', []]]) {
  const resources = render(overlay);
  const { volumes, containers } = podOf(workloadOf(resources));
  assert.deepEqual(volumes.flatMap(({ secret }) => secret?.secretName ?? []), secrets, overlay);
  assert.deepEqual(containers[0].volumeMounts.filter(({ name }) => !volumes.some((volume) => volume.name === name)), [], overlay);
  const config = resources.find(({ kind, data }) => kind === 'ConfigMap' && data['seatkeeper.yaml']);
  assert.doesNotMatch(config.data['seatkeeper.yaml'], /secret-?file|certificatePath/i, overlay);
  const mutated = afterTheWebhook(resources);
  assert.deepEqual(schemaProblems(workloadOf(mutated)), [], overlay);
  assert.deepEqual(await podProblems(mutated), [], overlay);
}

const rules = parse(readFileSync(join(root, 'deploy/prometheus/seatkeeper.rules.yaml'), 'utf8'));
const carried = render('monitoring').find(({ kind }) => kind === 'PrometheusRule');
assert.deepEqual(carried.spec.groups, rules.groups, 'write the rules into deploy/kubernetes/monitoring/rules.yaml');

console.log(`${checked} passed, 0 failed`);
