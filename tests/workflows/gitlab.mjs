// Runs the jobs of examples/workflows/gitlab as a runner would, as far as they need it.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export class GitLab {
  name = 'gitlab';

  constructor(scratch, forge, repository) {
    Object.assign(this, { scratch, forge, repository });
    this.pipeline = parse(readFileSync(join(scratch.examples, 'workflows/gitlab/gitlab-ci.yml'), 'utf8'));
  }

  async checks() {
    const done = await this.job('policies', this.repository.merge(), {});
    const findings = JSON.parse(readFileSync(join(done.folder, 'code-quality.json'), 'utf8'));
    const annotations = findings.map(({ location, description, severity, fingerprint }) =>
      `${location.path}:${location.lines.begin}: ${severity}: ${description}${fingerprint ? '' : ' without fingerprint'}`).join('\n');
    const junit = join(done.folder, 'junit.xml');
    return { ...done, annotations, junit: existsSync(junit) ? readFileSync(junit, 'utf8') : '' };
  }
  async snapshot() {
    // Protected variables, for the default branch.
    const done = await this.job('snapshot', this.repository.main, { AZURE_TOKEN: this.forge.identity(), PSEUDONYM_KEY: '0123456789abcdef' });
    this.forge.snapshot = join(done.folder, 'tenant.json');
    return done;
  }
  comment() { return this.job('plan', this.repository.main, { COMMENT_TOKEN: 'comment token' }); }

  async job(name, commit, variables) {
    const job = this.pipeline[name];
    const folder = this.scratch.fresh();
    this.repository.checkOut(commit, folder);
    const done = await this.scratch.run(job.script.join('\n'), {
      cwd: folder,
      tools: this.scratch.image,
      env: {
        ...this.pipeline.variables,
        ...job.variables,
        CI_API_V4_URL: `${this.forge.url}/gitlab/api/v4`,
        CI_PROJECT_ID: '42',
        CI_DEFAULT_BRANCH: 'main',
        ...variables,
      },
    });
    return { ...done, folder };
  }
}
