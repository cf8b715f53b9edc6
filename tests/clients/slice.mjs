// The part of Microsoft Graph's description (OpenAPI) that lies beside the source tree, and what it
// says of requests and answers.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2019 from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';

const folder = process.env.SEATKEEPER_SHARED_DATA ?? join(process.env.CLIENTS_ROOT, '../shared/data');
export const place = join(folder, 'graph-openapi-slice.json');

const nameOf = (ref) => ref.replace('#/components/schemas/', '');
// What others derive from, and so may hold more than its own properties.
const bases = ['microsoft.graph.entity', 'microsoft.graph.directoryObject'];

// As JSON Schema that also refuses properties which the description does not have. Annotations
// (`@odata.type`, `members@delta`) stand beside all of them; a complex value may be null, which the
// description cannot say beside a `$ref`.
function strict(schema, isBase = false) {
  if (Array.isArray(schema) || typeof schema !== 'object' || schema === null) return schema;
  if (schema.$ref) return { $ref: `slice#/$defs/${nameOf(schema.$ref)}` };
  const { title, description, additionalProperties, ...rest } = schema;
  if (rest.allOf) rest.allOf = rest.allOf.map((part) => strict(part, true));
  if (rest.items) rest.items = strict(rest.items);
  if (typeof additionalProperties === 'object') rest.additionalProperties = strict(additionalProperties);
  if (rest.properties) {
    rest.properties = Object.fromEntries(Object.entries(rest.properties).map(([name, value]) => [
      name, value.$ref ? { anyOf: [strict(value), { type: 'null' }] } : strict(value),
    ]));
  }
  if (rest.properties || rest.allOf) {
    rest.patternProperties = { '@': {} };
    if (!isBase && additionalProperties === undefined) rest.unevaluatedProperties = false;
  }
  return rest;
}

// `/users/{user-id}` for `/users/5b0c...`; a function with or without its brackets, a cast with or
// without its namespace in full.
function patternOf(template) {
  const escaped = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped
    .replace(/\\\(\\\)$/, '(?:\\(\\))?')
    .replace(/\/graph\\\./, '/(?:microsoft\\.)?graph\\.')
    .replace(/\{[^}]+\}/g, '[^/]+')}$`);
}

export class Slice {
  // Nothing where it is not at hand.
  static load() { return existsSync(place) ? new Slice(JSON.parse(readFileSync(place, 'utf8'))) : undefined; }

  constructor(document) {
    this.schemas = document.components.schemas;
    this.operations = Object.entries(document.paths).flatMap(([template, methods]) => (
      Object.entries(methods).map(([method, operation]) => (
        { ...operation, method: method.toUpperCase(), template, pattern: patternOf(template) }
      ))
    ));
    // Names win over places for any name.
    this.operations.sort((a, b) => a.template.split('{').length - b.template.split('{').length);
    this.ajv = addFormats(new Ajv2019({ strict: true, strictTypes: false, allowMatchingProperties: true, allErrors: true }));
    this.ajv.addVocabulary(['x-ms-navigationProperty']);
    const $defs = Object.fromEntries(Object.entries(this.schemas).map(([name, schema]) => [name, strict(schema, bases.includes(name))]));
    this.ajv.addSchema({ $id: 'slice', $defs });
  }

  // `target`: path and query below the version. Nothing where no operation is of that path and method.
  operation(method, target) {
    const path = decodeURIComponent(target.split('?')[0]);
    return this.operations.find((each) => each.method === method && each.pattern.test(path));
  }

  // What is wrong with a request; `body` is undefined where it has none.
  judgeRequest(operation, target, body) {
    const faults = [];
    const known = (operation.parameters ?? []).filter((each) => each.in === 'query').map(({ name }) => name);
    const [, query = ''] = target.split('?');
    for (const [name, value] of new URLSearchParams(query)) {
      // A link of the service's own, which nobody but the service reads.
      if (!known.includes(name) && name !== '$skiptoken') faults.push(`the query option ${name}`);
      if (name === '$select') faults.push(...this.unselectable(operation, value));
    }
    const wanted = operation.requestBody?.content['application/json'].schema;
    if (wanted) faults.push(...this.#judge(wanted, body));
    else if (body !== undefined && Object.keys(body).length > 0) faults.push('a body');
    return faults;
  }

  unselectable(operation, select) {
    const { schema } = operation.responses['200'].content['application/json'];
    const properties = this.propertiesOf(schema.properties?.value?.items ?? schema);
    return select.split(',').filter((name) => !properties.has(name)).map((name) => `${name} in $select`);
  }
  propertiesOf(schema) {
    const { allOf = [], properties = {} } = schema.$ref ? this.schemas[nameOf(schema.$ref)] : schema;
    return new Set([...allOf.flatMap((part) => [...this.propertiesOf(part)]), ...Object.keys(properties)]);
  }

  // What is wrong with an answer.
  judgeAnswer(operation, status, body) {
    const described = operation.responses[status] ?? (status >= 400 && operation.responses[`${String(status)[0]}XX`]);
    if (!described) return [`the status ${status}`];
    const [content] = Object.values(described.content ?? {});
    if (!content) return body === undefined || body === '' ? [] : ['a body'];
    return this.#judge(content.schema, body);
  }

  judgeError(body) { return this.#judge({ $ref: '#/components/schemas/microsoft.graph.ODataErrors.ODataError' }, body); }

  #compiled = new Map();
  #judge(schema, data) {
    if (!this.#compiled.has(schema)) this.#compiled.set(schema, this.ajv.compile(strict(schema)));
    const holds = this.#compiled.get(schema);
    if (holds(data)) return [];
    return holds.errors.map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
  }
}
