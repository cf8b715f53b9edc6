// A simulated tenant over TLS, and Microsoft's own clients for it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { ConfidentialClientApplication } from '@azure/msal-node';
import { Client } from '@microsoft/microsoft-graph-client';

export const folder = process.env.CLIENTS_FOLDER; // Of run.mjs, with certificates.
export const tenantId = '11111111-1111-1111-1111-111111111111';
export const clientId = '22222222-2222-2222-2222-222222222222';
export const clientSecret = 'simulated-secret';
export const scopes = ['https://graph.microsoft.com/.default'];

// What `holds` gives, as soon as that is something.
export async function until(what, holds) {
  for (let tries = 0; tries < 3000; tries += 1) {
    const found = await holds();
    if (found) return found;
    await new Promise((again) => { setTimeout(again, 20); });
  }
  throw new Error(`gave up waiting until ${what}`);
}

// Not `fetch`, which takes many seconds for a whole tenant over TLS.
function exchange(method, url, body) {
  return new Promise((done, fail) => {
    const request = https.request(url, { method }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (data) => { text += data; });
      answer.on('end', () => done({ status: answer.statusCode, text }));
      answer.on('error', fail);
    });
    request.on('error', fail);
    request.end(body);
  });
}

export class Tenant {
  static async start(...options) {
    const tenant = new Tenant();
    const port = join(mkdtempSync(join(folder, 'tenant-')), 'port');
    const places = ['--listen', '127.0.0.1:0', '--port-file', port];
    const certificate = ['--tls', join(folder, 'tenant.pem'), join(folder, 'tenant.key')];
    tenant.simulator = spawn(process.env.CLIENTS_SIMULATOR, [...places, ...certificate, ...options], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const number = await until('the simulator listens', () => existsSync(port) && readFileSync(port, 'utf8').trim());
    // Ends with the test, however that ends, and does not keep it from ending.
    tenant.simulator.unref();
    process.on('exit', () => tenant.simulator.kill());
    tenant.host = `127.0.0.1:${number}`;
    tenant.url = `https://${tenant.host}`;
    return tenant;
  }

  async control(method, path, body) {
    const { status, text } = await exchange(method, `${this.url}/_sim/${path}`, body && JSON.stringify(body));
    assert.ok(status < 300, `${method} ${path}: ${text}`);
    return text;
  }
  async state() { return JSON.parse(await this.control('GET', 'state')); }
  edit(...operations) { return this.control('PATCH', 'state', operations); }
  faults(...rules) { return this.control('PUT', 'faults', rules); }
  // What was asked after the request of this number, and what was answered.
  async log(since = 0) {
    const lines = (await this.control('GET', `log?since=${since}`)).split('\n');
    return lines.filter(Boolean).map((line) => JSON.parse(line));
  }
  async asked() { return (await this.log()).at(-1)?.n ?? 0; }

  // An application as MSAL has it; `proof`: what it signs in with. No list of Microsoft's clouds is
  // fetched for an authority that is known.
  application(proof = { clientSecret }, tenant = tenantId) {
    const authority = { authority: `${this.url}/${tenant}`, knownAuthorities: [this.host] };
    return new ConfidentialClientApplication({ auth: { clientId, ...authority, ...proof } });
  }
  async token(proof) {
    return (await this.application(proof).acquireTokenByClientCredential({ scopes })).accessToken;
  }
  // Microsoft's client of Graph, signed in by MSAL.
  graph(application = this.application()) {
    const getAccessToken = async () => (await application.acquireTokenByClientCredential({ scopes })).accessToken;
    // No token is sent to a host that is not named.
    return Client.initWithMiddleware({
      baseUrl: `${this.url}/`, customHosts: new Set(['127.0.0.1']), authProvider: { getAccessToken },
    });
  }

  // Somebody new, who holds nothing and may be given anything.
  async newcomer(name, properties = {}) {
    const id = randomUUID();
    const account = { accountEnabled: true, userType: 'Member', usageLocation: 'FR' };
    const user = { id, userPrincipalName: `${name}@contoso.example`, displayName: name, ...account, ...properties };
    await this.edit({ op: 'addUser', user });
    return id;
  }
}
