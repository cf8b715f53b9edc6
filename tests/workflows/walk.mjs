// Goes the way of README.md, "From a tenant to policy in Git": writes its files, runs its commands in
// their order, with GitHub's workflows at the push of the branch, and compares what it shows. A line
// `...` stands for any lines; times, digests, pseudonyms and commits are others each time.
//
//   node walk.mjs SEATKEEPER SIMULATOR ROOT-OF-THE-REPOSITORY

import assert from 'node:assert/strict';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Forge } from './forge.mjs';
import { GitHub } from './github.mjs';
import { Repository, Scratch, privateKey } from './scratch.mjs';

const [seatkeeper, simulator, root] = process.argv.slice(2).map((path) => resolve(path));

const neutral = (text) => text
  .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
  .replace(/sha256:[0-9a-f]+/g, 'sha256:DIGEST')
  .replace(/commit `[0-9a-f]+`/g, 'commit `COMMIT`')
  .replace(/`[^`@ ]+@contoso\.example`/g, '`PSEUDONYM`');

function matches(shown, got) {
  const quoted = neutral(shown).split('\n').map((line) => (line === '...' ? '[^]*' : line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${quoted.join('\n').replace(/\[\^\]\*\n/g, '[^]*').replace(/\n\[\^\]\*/g, '[^]*')}$`).test(neutral(got));
}

// What the section shows, in its order: {file, text}, {command, output} and {comment}.
function* partsOf(section) {
  for (const [whole, language, text] of section.matchAll(/^```(yaml|console)\n([^]*?)^```$|(?:^>.*\n)+/gm)) {
    if (language === 'yaml') {
      const [, file] = [...section.slice(0, section.indexOf(whole)).matchAll(/`([a-z/]+\.yaml)`/g)].at(-1);
      yield { file, text };
    } else if (language === 'console') {
      for (const one of text.split(/^\$ /m).slice(1)) {
        const [command, ...output] = one.trimEnd().split('\n');
        yield { command, output: output.join('\n') };
      }
    } else {
      yield { comment: whole.replace(/^> ?/gm, '').trim() };
    }
  }
}

class Walk {
  exports = [];
  commands = 0;
  comments = 0;

  constructor(scratch, forge, repository) {
    Object.assign(this, { scratch, forge, repository, github: new GitHub(scratch, forge, repository) });
    symlinkSync(root, join(dirname(repository.work), 'seatkeeper'));
    repository.write('../client-secret', 'simulated-secret');
  }

  // The paths of a server, and the address of the tenant, are others here.
  file(path, text) {
    const here = text.replace('/run/secrets/contoso', '../client-secret').replace('/var/lib/seatkeeper/', '../');
    this.repository.write(path, path === 'daemon.yaml' ? here + this.scratch.endpoints() : here);
  }

  async command(command, output) {
    if (command.startsWith('export ')) return this.exports.push(command);
    const done = await this.scratch.run([...this.exports, `${command} 2>&1`].join('\n'), {
      cwd: this.repository.work, tools: this.scratch.image, env: {},
    });
    assert.equal(done.code, 0, `${command}\n${done.out}`);
    assert.ok(matches(output, done.out.trimEnd()), `${command} prints\n${done.out}\nand not\n${output}`);
    this.commands += 1;
    if (command.startsWith('cp ') && existsSync(join(this.repository.work, 'seatkeeper.yaml'))) {
      this.file('seatkeeper.yaml', readFileSync(join(this.repository.work, 'seatkeeper.yaml'), 'utf8') + this.scratch.endpoints());
    }
    return command.startsWith('git push') && this.pushed(command.split(' ').at(-1));
  }

  async pushed(branch) {
    if (branch === 'main') {
      this.repository.main = this.repository.git('rev-parse', 'HEAD');
      if (!this.forge.snapshot) assert.equal((await this.github.snapshot()).code, 0);
      return;
    }
    this.forge.pull = { number: 3, branch, head: this.repository.propose() };
    for (const run of [await this.github.checks(), await this.github.comment()]) assert.equal(run.code, 0, run.out + run.err);
  }

  comment(shown) {
    const [{ body }] = this.forge.mine();
    for (const name of ['ada', 'ben', 'cleo', 'dan']) assert.ok(!body.includes(`${name}@`), 'pseudonyms');
    assert.ok(matches(shown, body.replace(/^<!--.*-->\n/, '').trim()), `the comment is\n${body}\nand not\n${shown}`);
    this.comments += 1;
  }
}

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const section = readme.split(/^## /m).find((one) => one.startsWith('From a tenant to policy in Git\n'));
const scratch = new Scratch({ root, seatkeeper, simulator });
let forge;
try {
  await scratch.startTenant('--tenant', join(root, 'examples/first-plan/tenant.json'));
  const repository = new Repository(scratch);
  forge = new Forge(repository, privateKey);
  await forge.listen();
  const walk = new Walk(scratch, forge, repository);
  for (const part of partsOf(section)) {
    if (part.file) walk.file(part.file, part.text);
    else if (part.command) await walk.command(part.command, part.output);
    else walk.comment(part.comment);
  }
  assert.equal(walk.comments, 1);
  assert.ok(walk.commands > 10);
  console.log(`${walk.commands + walk.comments} passed, 0 failed`);
} finally {
  forge?.close();
  await scratch.close();
}
