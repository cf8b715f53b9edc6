// Runs the workflows of examples/workflows/github as GitHub would, as far as they need it. What it
// does not know, it refuses.

import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

function value(expression, context) {
  const code = expression.replace(/([!=])=/g, '$1==').replace(/\.([a-z]+-[a-z-]+)/g, "['$1']");
  return new Function(...Object.keys(context), `return ${code};`)(...Object.values(context));
}
function filled(text, context) {
  return String(text).replace(/\$\{\{ *(.*?) *\}\}/g, (_, expression) => String(value(expression, context) ?? ''));
}
function filledAll(map, context) {
  return Object.fromEntries(Object.entries(map ?? {}).map(([key, text]) => [key, filled(text, context)]));
}

export class GitHub {
  name = 'github';
  artifacts = new Map(); // "run/name": folder
  runs = 100;

  constructor(scratch, forge, repository) {
    Object.assign(this, { scratch, forge, repository });
  }

  async checks() {
    const run = await this.workflow('policies', { pull_request: { number: 3 } }, this.repository.merge());
    return { ...run.jobs.policies, annotations: run.jobs.policies.out };
  }
  async snapshot() {
    const run = await this.workflow('snapshot', {}, this.repository.main, 7);
    this.forge.snapshot = join(this.artifacts.get('7/tenant'), 'tenant.json');
    return run.jobs.snapshot;
  }
  async comment({ commit = this.forge.pull.head } = {}) {
    const run = await this.workflow('plan', {
      repository: { default_branch: 'main' },
      workflow_run: {
        event: 'pull_request',
        head_sha: commit,
        head_branch: this.forge.pull.branch,
        head_repository: { id: 1, owner: { login: 'somebody' } },
      },
    }, this.repository.main);
    return Object.values(run.jobs).find(({ code }) => code !== 0) ?? run.jobs.comment ?? run.jobs.find;
  }

  async workflow(name, event, commit, id = this.runs++) {
    const text = readFileSync(join(this.scratch.examples, 'workflows/github', `${name}.yml`), 'utf8');
    const run = { id, commit, jobs: {}, workflow: parse(text) };
    const github = { event, token: '', repository: 'contoso/licences' };
    const context = { github, vars: { SEATKEEPER_IMAGE: 'image' }, secrets: { PSEUDONYM_KEY: '0123456789abcdef' }, needs: {} };
    for (const [key, job] of Object.entries(run.workflow.jobs)) {
      const before = [job.needs ?? []].flat();
      if (before.some((one) => run.jobs[one]?.code !== 0)) continue; // Failed or not run.
      if (job.if && !value(job.if, context)) continue;
      run.jobs[key] = await this.job(job, run, context);
      context.needs[key] = run.jobs[key];
    }
    return run;
  }

  async job(job, run, context) {
    // A job may do what it says, or else what the workflow says.
    const permissions = job.permissions ?? run.workflow.permissions;
    const token = Buffer.from(JSON.stringify(permissions)).toString('base64');
    const inside = { ...context, steps: {}, github: { ...context.github, token } };
    const state = { run, job, permissions, inside, folder: this.scratch.fresh(), code: 0, out: '', err: '' };
    for (const step of job.steps) {
      if (step.if && !value(step.if, inside)) continue;
      await (step.uses ? this.action(step, state) : this.script(step, state));
      if (state.code !== 0) break;
    }
    return { code: state.code, out: state.out, err: state.err, outputs: filledAll(job.outputs, inside) };
  }

  async script(step, state) {
    const output = join(this.scratch.fresh(), 'output');
    writeFileSync(output, '');
    const environment = { ...state.run.workflow.env, ...state.job.env, ...step.env };
    const mayIdentify = state.permissions['id-token'] === 'write';
    const done = await this.scratch.run(filled(step.run, state.inside), {
      cwd: state.folder,
      tools: state.job.container ? this.scratch.image : this.scratch.host,
      env: {
        ...filledAll(environment, state.inside),
        FORGE: this.forge.url,
        GITHUB_OUTPUT: output,
        GITHUB_REPOSITORY: 'contoso/licences',
        ...(mayIdentify ? { ACTIONS_ID_TOKEN_REQUEST_URL: `${this.forge.url}/oidc?v=1`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x' } : {}),
      },
    });
    state.code = done.code;
    state.out += done.out;
    state.err += done.err;
    const said = readFileSync(output, 'utf8').split('\n').filter(Boolean).map((line) => line.split('='));
    if (step.id) state.inside.steps[step.id] = { outputs: Object.fromEntries(said) };
  }

  action(step, state) {
    const given = filledAll(step.with, state.inside);
    const kept = (id) => `${id}/${given.name}`;
    switch (step.uses.split('@')[0]) {
      case 'actions/checkout':
        return this.repository.checkOut(given.ref ?? state.run.commit, join(state.folder, given.path ?? '.'));
      case 'actions/upload-artifact': {
        const folder = this.scratch.fresh();
        cpSync(join(state.folder, given.path), join(folder, given.path));
        return this.artifacts.set(kept(state.run.id), folder);
      }
      case 'actions/download-artifact': {
        const folder = this.artifacts.get(kept(given['run-id'] ?? state.run.id));
        if (folder && existsSync(folder)) {
          mkdirSync(state.folder, { recursive: true });
          return cpSync(folder, state.folder, { recursive: true });
        }
        if (!step['continue-on-error']) state.code = 1;
        return undefined;
      }
      default: throw new Error(`unknown action ${step.uses}`);
    }
  }
}
