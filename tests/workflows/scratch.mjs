// What the commands of the workflows work on: a simulated tenant, a repository with a pull request,
// and a plain environment with the programs that a job has.

import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const clientId = '44444444-4444-4444-4444-444444444444'; // Of examples/workflows/seatkeeper.yaml.
export const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

export class Scratch {
  constructor({ root, seatkeeper, simulator }) {
    this.examples = join(root, 'examples');
    this.programs = { seatkeeper, simulator };
    this.folder = mkdtempSync(join(tmpdir(), 'workflows-'));
    this.image = this.tools('image', {
      seatkeeper,
      'plan-comment': join(root, 'examples/workflows/image/plan-comment'),
      merged: join(root, 'examples/workflows/image/merged'),
    });
    this.host = this.tools('host', { gh: join(root, 'tests/workflows/gh'), az: join(root, 'tests/workflows/az') });
  }
  async close() {
    if (this.tenant) {
      const ended = new Promise((done) => this.tenant.on('exit', done));
      this.tenant.kill();
      await ended;
    }
    rmSync(this.folder, { recursive: true });
  }

  tools(name, programs) {
    const folder = join(this.folder, name);
    mkdirSync(folder);
    for (const [program, target] of Object.entries(programs)) symlinkSync(target, join(folder, program));
    return folder;
  }
  fresh() { return mkdtempSync(join(this.folder, 'job-')); }

  // A script as a step runs it; never throws for what it exits with.
  run(text, { shell = ['bash', '--noprofile', '--norc', '-eo', 'pipefail'], cwd, tools, env }) {
    const script = join(this.fresh(), 'script');
    writeFileSync(script, text);
    const child = spawn(shell[0], [...shell.slice(1), script], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: `${tools}:/usr/bin:/bin`, HOME: this.folder, LANG: 'C.UTF-8', TMPDIR: this.folder, ...env },
    });
    const done = { out: '', err: '' };
    child.stdout.on('data', (data) => { done.out += data; });
    child.stderr.on('data', (data) => { done.err += data; });
    return new Promise((resolve) => child.on('close', (code) => resolve({ ...done, code })));
  }

  async startTenant(...tenant) {
    const port = join(this.folder, 'port');
    this.tenant = spawn(this.programs.simulator, ['--listen', '127.0.0.1:0', '--port-file', port, ...tenant], { stdio: 'ignore' });
    for (let tries = 0; !existsSync(port) || !readFileSync(port, 'utf8'); tries += 1) {
      if (tries > 3000) throw new Error('the simulator does not listen');
      await new Promise((again) => setTimeout(again, 20));
    }
    this.graph = `http://127.0.0.1:${readFileSync(port, 'utf8').trim()}`;
    const trust = {
      issuer: 'https://forge.test',
      subject: 'the snapshot job',
      audience: 'api://AzureADTokenExchange',
      key: publicKey.export({ type: 'spki', format: 'pem' }),
    };
    const application = { clientId, roles: ['User.Read.All', 'GroupMember.Read.All', 'LicenseAssignment.Read.All'], federated: [trust] };
    const told = await fetch(`${this.graph}/_sim/applications`, { method: 'PUT', body: JSON.stringify([application]) });
    if (!told.ok) throw new Error(await told.text());
  }
  // Lines for the end of a config, of its only tenant.
  endpoints() { return `    endpoints: {graph: "${this.graph}", login: "${this.graph}"}\n`; }
  async requests() {
    const log = await (await fetch(`${this.graph}/_sim/log`)).text();
    return log.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }
}

// A repository that clones fetch from, and a clone to work in. `main` and a pull request to it.
export class Repository {
  constructor(scratch) {
    this.origin = join(scratch.fresh(), 'origin.git');
    this.work = join(scratch.fresh(), 'licences');
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', this.origin]);
    execFileSync('git', ['clone', '--quiet', this.origin, this.work], { stdio: 'ignore' });
    this.git('checkout', '--quiet', '-B', 'main');
    this.git('config', 'user.name', 'a');
    this.git('config', 'user.email', 'a@contoso.example');
  }
  git(...command) {
    return execFileSync('git', command, { cwd: this.work, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  }
  // The demo's policies on `main`, and another branch.
  begin(scratch) {
    cpSync(join(scratch.examples, 'contoso/policies'), join(this.work, 'policies'), { recursive: true });
    const config = readFileSync(join(scratch.examples, 'workflows/seatkeeper.yaml'), 'utf8');
    this.write('seatkeeper.yaml', config + scratch.endpoints());
    this.main = this.commit('policies');
    this.git('push', '--quiet', 'origin', 'main');
    this.git('checkout', '--quiet', '-b', 'change');
  }
  write(path, text) {
    mkdirSync(dirname(join(this.work, path)), { recursive: true });
    writeFileSync(join(this.work, path), text);
    chmodSync(join(this.work, path), 0o644);
  }
  link(path, target) { symlinkSync(target, join(this.work, path)); }
  remove(path) { rmSync(join(this.work, path)); }
  commit(message) {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', message);
    return this.git('rev-parse', 'HEAD');
  }

  // What a forge keeps of pull request 3 after a push: its head, and a merge to try it.
  push(message) {
    this.commit(message);
    return this.propose();
  }
  propose() {
    this.head = this.git('rev-parse', 'HEAD');
    const tree = this.git('merge-tree', '--write-tree', this.main, this.head);
    this.tried = this.git('commit-tree', tree, '-p', this.main, '-p', this.head, '-m', 'to try');
    for (const [commit, refs] of [[this.head, ['refs/pull/3/head', 'refs/merge-requests/3/head']], [this.tried, ['refs/pull/3/merge']]]) {
      for (const ref of refs) this.git('push', '--quiet', '--force', 'origin', `${commit}:${ref}`);
    }
    return this.head;
  }
  merge() { return this.tried; }
  parents(commit) { return this.git('rev-list', '--parents', '-n', '1', commit).split(' ').slice(1); }
  checkOut(commit, folder) {
    execFileSync('git', ['clone', '--quiet', '--no-checkout', this.origin, folder], { stdio: 'ignore' });
    if (commit !== this.main) execFileSync('git', ['fetch', '--quiet', 'origin', 'refs/pull/3/merge'], { cwd: folder });
    execFileSync('git', ['checkout', '--quiet', '--detach', commit], { cwd: folder });
  }
}
