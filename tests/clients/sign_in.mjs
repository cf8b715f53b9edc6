// MSAL signs in: what Microsoft's own library takes for Entra, seatkeeper may as well.

import assert from 'node:assert/strict';
import { X509Certificate, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Tenant, clientId, clientSecret, folder, scopes, tenantId } from './tenant.mjs';

const privateKey = readFileSync(join(folder, 'application.key'), 'utf8');
const x5c = readFileSync(join(folder, 'application.pem'), 'utf8');
const { fingerprint, fingerprint256 } = new X509Certificate(x5c);
const hex = (print) => print.replaceAll(':', '');
const issuer = generateKeyPairSync('rsa', { modulusLength: 2048 });
const trust = {
  issuer: 'https://issuer.test', subject: 'system:serviceaccount:licences:seatkeeper', audience: 'api://AzureADTokenExchange',
};

const tenant = await Tenant.start('--users', '20');
await tenant.control('PUT', 'applications', [{
  clientId,
  roles: ['User.Read.All'],
  secret: clientSecret,
  certificates: [x5c],
  federated: [{ ...trust, key: issuer.publicKey.export({ type: 'spki', format: 'pem' }) }],
}]);

const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

async function signsIn(application, request = {}) {
  const result = await application.acquireTokenByClientCredential({ scopes, ...request });
  const claims = claimsOf(result.accessToken);
  assert.equal(claims.tid, tenantId);
  assert.equal(claims.appid, clientId);
  assert.deepEqual(claims.roles, ['User.Read.All']);
  const answer = await fetch(`${tenant.url}/v1.0/users?$select=id`, { headers: { Authorization: `Bearer ${result.accessToken}` } });
  assert.equal(answer.status, 200);
  return result;
}

const refusal = (application) => application.acquireTokenByClientCredential({ scopes }).then(
  () => assert.fail('it signed in'),
  (error) => error,
);

test('with a secret, once for as long as the token lives', async () => {
  const application = tenant.application();
  const first = await signsIn(application);
  assert.equal(first.fromCache, false);
  assert.equal(first.tokenType, 'Bearer');
  const lives = (first.expiresOn - Date.now()) / 1000;
  assert.ok(lives > 3400 && lives < 3700, `${lives} s`);
  const asked = await tenant.asked();
  assert.equal((await application.acquireTokenByClientCredential({ scopes })).fromCache, true);
  assert.equal(await tenant.asked(), asked, 'nobody was asked');
});

test('with a certificate, named by either thumbprint', async () => {
  const certificates = {
    'PS256 and SHA-256': { thumbprintSha256: hex(fingerprint256), privateKey },
    'PS256 and SHA-256, with the certificate': { thumbprintSha256: hex(fingerprint256), privateKey, x5c },
    'RS256 and SHA-1': { thumbprint: hex(fingerprint), privateKey },
  };
  for (const clientCertificate of Object.values(certificates)) await signsIn(tenant.application({ clientCertificate }));
});

test('with a certificate again and again: MSAL shows one assertion until it expires', async () => {
  const application = tenant.application({ clientCertificate: { thumbprintSha256: hex(fingerprint256), privateKey } });
  const first = await signsIn(application);
  const second = await signsIn(application, { skipCache: true });
  assert.notEqual(claimsOf(first.accessToken).uti, claimsOf(second.accessToken).uti, 'another token');
});

test("with another issuer's token", async () => {
  const part = (object) => Buffer.from(JSON.stringify(object)).toString('base64url');
  const clientAssertion = async () => {
    const exp = Math.floor(Date.now() / 1000) + 600;
    const claims = { iss: trust.issuer, sub: trust.subject, aud: trust.audience, jti: randomUUID(), exp };
    const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
    return `${signed}.${createSign('sha256').update(signed).sign(issuer.privateKey, 'base64url')}`;
  };
  await signsIn(tenant.application({ clientAssertion }));
});

test('or not, and MSAL tells why as it does of Entra', async () => {
  const wrong = await refusal(tenant.application({ clientSecret: 'not the secret' }));
  assert.equal(wrong.errorCode, 'invalid_client');
  assert.match(wrong.errorMessage, /AADSTS7000215: Invalid client secret/);
  assert.equal(String(wrong.errorNo), '7000215');

  const { privateKey: another } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const forged = { thumbprintSha256: hex(fingerprint256), privateKey: another.export({ type: 'pkcs8', format: 'pem' }) };
  assert.match((await refusal(tenant.application({ clientCertificate: forged }))).errorMessage, /AADSTS700027/);

  const stranger = await refusal(tenant.application({ clientId: '33333333-3333-3333-3333-333333333333', clientSecret }));
  assert.equal(stranger.errorCode, 'unauthorized_client');
  assert.match(stranger.errorMessage, /AADSTS700016/);

  const elsewhere = await refusal(tenant.application({ clientSecret }, '99999999-9999-9999-9999-999999999999'));
  assert.equal(elsewhere.errorCode, 'endpoints_resolution_error');
});
