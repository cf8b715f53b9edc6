// Runs one test of this folder. It makes the certificates that the test needs, and tells Node of
// their authority, which Node wants to know before it starts.
//
//   node run.mjs TEST SEATKEEPER SIMULATOR ROOT     for example graph.mjs, then both executables
//                                                   and the root of the repository

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [test, ...rest] = process.argv.slice(2);
const [seatkeeper, simulator, root] = rest.map((path) => resolve(path));
const folder = mkdtempSync(join(tmpdir(), 'clients-'));
const openssl = (...words) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
const elliptic = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];

// An authority, the simulator's certificate from it, and one that an application signs in with.
function makeCertificates() {
  openssl('req', '-x509', ...elliptic, '-nodes', '-days', '2', '-subj', '/CN=clients test authority',
    '-addext', 'keyUsage=critical,keyCertSign', '-keyout', 'authority.key', '-out', 'authority.pem');
  openssl('req', ...elliptic, '-nodes', '-subj', '/CN=tenant', '-addext', 'subjectAltName=IP:127.0.0.1',
    '-keyout', 'tenant.key', '-out', 'tenant.csr');
  openssl('x509', '-req', '-in', 'tenant.csr', '-CA', 'authority.pem', '-CAkey', 'authority.key', '-CAcreateserial',
    '-copy_extensions', 'copy', '-days', '2', '-out', 'tenant.pem');
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=seatkeeper',
    '-keyout', 'application.key', '-out', 'application.pem');
}

let code = 1;
try {
  makeCertificates();
  writeFileSync(join(folder, 'secret'), 'simulated-secret');
  const { status } = spawnSync(process.execPath, [join(dirname(fileURLToPath(import.meta.url)), test)], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      NODE_EXTRA_CA_CERTS: join(folder, 'authority.pem'),
      CLIENTS_FOLDER: folder,
      CLIENTS_SEATKEEPER: seatkeeper,
      CLIENTS_SIMULATOR: simulator,
      CLIENTS_ROOT: root,
    },
  });
  code = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(code);
