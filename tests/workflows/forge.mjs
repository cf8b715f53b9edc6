// A forge for one repository and one pull request, as far as the workflows ask it: GitHub, GitLab
// and Azure DevOps by their own addresses, over one list of comments. Also says who a job is.

import { createSign } from 'node:crypto';
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';

export const bot = 'seatkeeper-bot';

function identityToken(key, subject) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: 'https://forge.test', sub: subject, aud: 'api://AzureADTokenExchange', exp: Math.floor(Date.now() / 1000) + 300 };
  const signed = `${encode({ alg: 'RS256' })}.${encode(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`;
}

export class Forge {
  pull = null; // {number, head, branch}
  comments = []; // {id, author, body}
  writes = []; // 'create' or 'update'
  snapshot = null; // A file that the last snapshot job kept.
  routes = [];
  nextId = 1;

  constructor(repository, key) {
    this.repository = repository;
    this.key = key;
    this.github();
    this.gitlab();
    this.azure();
    this.on('GET', /^\/oidc$/, ({ query }) => ({ value: query.get('audience') ? this.identity() : '' }));
  }

  identity() { return identityToken(this.key, 'the snapshot job'); }
  on(method, path, answer) { this.routes.push({ method, path, answer }); }
  mine() { return this.comments.filter(({ author }) => author === bot); }
  say(author, body) { this.comments.push({ id: this.nextId++, author, body }); }

  create(body) {
    this.writes.push('create');
    this.say(bot, body);
    return this.comments.at(-1);
  }
  update(id, body) {
    const comment = this.comments.find((one) => one.id === Number(id));
    if (comment?.author !== bot) return undefined;
    this.writes.push('update');
    comment.body = body;
    return comment;
  }
  page(list, query) {
    const size = Number(query.get('per_page') ?? 30);
    const from = (Number(query.get('page') ?? 1) - 1) * size;
    return list.slice(from, from + size);
  }

  github() {
    // The token says what the job may do.
    const may = (request, what) => JSON.parse(Buffer.from((request.headers.authorization ?? '').replace(/^.* /, ''), 'base64'))[what];
    const shown = ({ id, author, body }) => ({ id, body, user: { login: author === bot ? 'github-actions[bot]' : author } });
    const base = '/github/repos/contoso/licences';
    const on = (method, path, answer) => this.on(method, new RegExp(`^${base}${path}$`), answer);
    on('GET', '/pulls', ({ query }) =>
      query.get('base') === 'main' && query.get('head') === `somebody:${this.pull.branch}`
        ? [{ number: this.pull.number, head: { sha: this.pull.head } }] : []);
    on('GET', '/pulls/(\\d+)', () => ({ merge_commit_sha: this.repository.merge() }));
    on('GET', '/commits/(\\w+)', ({ found }) => ({ parents: this.repository.parents(found[1]).map((sha) => ({ sha })) }));
    on('GET', '/actions/workflows/snapshot.yml/runs', ({ query }) => ({
      workflow_runs: query.get('branch') !== 'main' ? [] : [
        { id: 9, event: 'pull_request' }, // Forged by somebody.
        ...(this.snapshot ? [{ id: 7, event: 'schedule' }] : []),
      ],
    }));
    on('GET', '/issues/(\\d+)/comments', ({ query }) => this.page(this.comments, query).map(shown));
    on('POST', '/issues/(\\d+)/comments', ({ body, request }) =>
      may(request, 'pull-requests') === 'write' ? shown(this.create(body.body)) : undefined);
    on('PATCH', '/issues/comments/(\\d+)', ({ found, body, request }) =>
      may(request, 'pull-requests') === 'write' ? this.update(found[1], body.body) : undefined);
  }

  gitlab() {
    const shown = ({ id, author, body }) => ({ id, body, author: { id: author === bot ? 5 : 6 } });
    const on = (method, path, answer) => this.on(method, new RegExp(`^/gitlab/api/v4${path}$`), (call) =>
      call.request.headers['private-token'] === 'comment token' ? answer(call) : undefined);
    on('GET', '/user', () => ({ id: 5 }));
    on('GET', '/projects/42/jobs', ({ query }) => this.page([
      ...Array.from({ length: 120 }, (_, index) => ({ id: 500 - index, name: 'plan', ref: 'main', tag: false })),
      { id: 9, name: 'snapshot', ref: 'refs/merge-requests/3/head', tag: false }, // Forged by somebody.
      ...(this.snapshot ? [{ id: 7, name: 'snapshot', ref: 'main', tag: false }] : []),
    ], query));
    on('GET', '/projects/42/jobs/7/artifacts/tenant.json', () => readFileSync(this.snapshot));
    on('GET', '/projects/42/merge_requests', ({ query }) =>
      query.get('target_branch') === 'main' ? this.page([{ iid: this.pull.number, sha: this.pull.head }], query) : []);
    on('GET', '/projects/42/merge_requests/\\d+/notes', ({ query }) => this.page(this.comments, query).map(shown));
    on('POST', '/projects/42/merge_requests/\\d+/notes', ({ body }) => shown(this.create(body.body)));
    on('PUT', '/projects/42/merge_requests/\\d+/notes/(\\d+)', ({ found, body }) => this.update(found[1], body.body));
  }

  azure() {
    const thread = ({ id, author, body }) => ({ id, comments: [{ id: 1, author: { id: author }, content: body }] });
    const on = (method, path, answer, token = 'comment token') => this.on(method, new RegExp(`^/azure/${path}$`), (call) =>
      call.request.headers.authorization === `Bearer ${token}` ? answer(call) : undefined);
    const repository = 'project/_apis/git/repositories/repository';
    on('GET', '_apis/connectionData', () => ({ authenticatedUser: { id: bot } }));
    on('GET', `${repository}/pullrequests`, ({ query }) => ({
      value: query.get('searchCriteria.targetRefName') !== 'refs/heads/main' ? []
        : [{ pullRequestId: this.pull.number, lastMergeSourceCommit: { commitId: this.pull.head } }],
    }), 'reading token');
    on('GET', `${repository}/pullRequests/\\d+/threads`, () => ({ value: [{ id: 0, comments: [] }, ...this.comments.map(thread)] }));
    on('POST', `${repository}/pullRequests/\\d+/threads`, ({ body }) => thread(this.create(body.comments[0].content)));
    on('PATCH', `${repository}/pullRequests/\\d+/threads/(\\d+)/comments/1`, ({ found, body }) => this.update(found[1], body.content));
  }

  async listen() {
    this.server = createServer(async (request, response) => {
      const { pathname, searchParams } = new URL(request.url, 'http://forge');
      let text = '';
      for await (const part of request) text += part;
      const route = this.routes.find(({ method, path }) => method === request.method && path.test(pathname));
      const answer = route?.answer({ request, query: searchParams, found: pathname.match(route.path), body: text && JSON.parse(text) });
      response.statusCode = answer === undefined ? 404 : 200;
      response.end(Buffer.isBuffer(answer) ? answer : JSON.stringify(answer ?? { message: `no ${request.method} ${pathname}` }));
    });
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
    this.url = `http://127.0.0.1:${this.server.address().port}`;
  }
  close() { this.server.close(); }
}
