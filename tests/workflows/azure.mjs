// Runs the steps of examples/workflows/azure as an agent would, as far as they need it. What it does
// not know, it refuses.

import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';

export class Azure {
  name = 'azure';
  artifacts = new Map();

  constructor(scratch, forge, repository) {
    Object.assign(this, { scratch, forge, repository });
  }

  async checks() {
    const done = await this.pipeline('policies', this.repository.merge());
    const junit = join(done.sources, 'junit.xml');
    return { ...done, annotations: done.out, junit: existsSync(junit) ? readFileSync(junit, 'utf8') : '' };
  }
  async snapshot() {
    const done = await this.pipeline('snapshot', this.repository.main, { PSEUDONYM_KEY: '0123456789abcdef' });
    this.forge.snapshot = join(this.artifacts.get('tenant'), 'tenant.json');
    return done;
  }
  comment() { return this.pipeline('plan', this.repository.main); }

  async pipeline(name, commit, secrets = {}) {
    const { variables, jobs } = parse(readFileSync(join(this.scratch.examples, 'workflows/azure', `${name}.yml`), 'utf8'));
    const given = Array.isArray(variables)
      ? Object.fromEntries(variables.filter((one) => one.name).map((one) => [one.name, one.value])) : variables;
    let state;
    for (const job of jobs) {
      state = { job, commit, secrets, code: 0, out: '', err: '', workspace: this.scratch.fresh() };
      state.sources = join(state.workspace, 's');
      state.staging = join(state.workspace, 'a');
      for (const folder of [state.sources, state.staging]) mkdirSync(folder);
      state.env = {
        ...Object.fromEntries(Object.entries(given).map(([key, text]) => [key.toUpperCase(), text])),
        SYSTEM_COLLECTIONURI: `${this.forge.url}/azure/`,
        SYSTEM_TEAMPROJECTID: 'project',
        BUILD_REPOSITORY_ID: 'repository',
        BUILD_SOURCEBRANCH: 'refs/heads/main',
        BUILD_ARTIFACTSTAGINGDIRECTORY: state.staging,
        PIPELINE_WORKSPACE: state.workspace,
      };
      for (const step of job.steps) await this.step(step, state);
      if (state.code !== 0) break;
    }
    return state;
  }

  async step(step, state) {
    if (state.code !== 0) return undefined; // What runs after a failure only publishes.
    if (step.checkout) return step.checkout === 'self' && this.repository.checkOut(state.commit, state.sources);
    if (step.bash) return this.script(step.bash, this.filled(step.env, state), step.target, state);
    if (step.publish) return this.publish(step, state);
    if (step.download) return this.download(step, state);
    if (step.task === 'PublishTestResults@2') return undefined;
    if (step.task !== 'AzureCLI@2') throw new Error(`unknown step ${JSON.stringify(step)}`);
    const reading = step.inputs.azureSubscription === 'seatkeeper-read';
    return this.script(step.inputs.inlineScript, reading ? { idToken: this.forge.identity() } : { AZ_TOKEN: 'comment token' }, 'host', state);
  }

  filled(map, { secrets }) {
    const known = { ...secrets, 'System.AccessToken': 'reading token' };
    return Object.fromEntries(Object.entries(map ?? {}).map(([key, text]) => [key, text.replace(/\$\((.*?)\)/g, (_, name) => known[name])]));
  }

  async script(text, env, target, state) {
    const inside = state.job.container && target !== 'host';
    const done = await this.scratch.run(text, {
      shell: ['bash', '--noprofile', '--norc'],
      cwd: state.sources,
      tools: inside ? this.scratch.image : this.scratch.host,
      env: { ...state.env, ...env },
    });
    state.code = done.code;
    state.out += done.out;
    state.err += done.err;
  }

  publish(step, state) {
    const from = step.publish.startsWith('$(') ? join(state.staging, basename(step.publish)) : join(state.sources, step.publish);
    const folder = this.scratch.fresh();
    cpSync(from, basename(from) === 'comments' ? folder : join(folder, basename(from)), { recursive: true });
    this.artifacts.set(step.artifact, folder);
  }
  download(step, state) {
    const folder = this.artifacts.get(step.artifact);
    const parts = step.download === 'current' ? [step.artifact] : [step.download, step.artifact];
    if (folder) cpSync(folder, join(state.workspace, ...parts), { recursive: true });
  }
}
