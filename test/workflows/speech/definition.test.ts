import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { definitionFile } from '../../../scripts/generate-coverage.ts';
import type { SpeechPort } from '../../../workflows/engine/ports.ts';
import { hasDefinition } from '../../emulator/definition.ts';
import { baseModel, dataset, endpoint, evaluation, file, ids, model, notFound, project, webhook } from './answers.ts';
import { clientOf, type ReceivedRequest, type Reply, startScriptedService } from './scripted-service.ts';

interface Operation {
  readonly operationId: string;
  readonly consumes?: readonly string[];
  readonly parameters: readonly {
    readonly $ref?: string;
    readonly in?: string;
    readonly name?: string;
    readonly schema?: object;
  }[];
  readonly responses: Readonly<Record<string, { readonly schema?: object }>>;
}

interface Definition {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly parameters: Readonly<Record<string, { readonly in: string; readonly name: string }>>;
  readonly definitions: Readonly<Record<string, Schema>>;
}

interface Schema {
  readonly $ref?: string;
  readonly readOnly?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
  readonly allOf?: readonly Schema[];
}

const newWebhook = {
  displayName: 'speechops',
  description: 'd',
  customProperties: { digest: 'abc' },
  webUrl: 'https://speechops.example.com/webhooks',
  events: { modelCompletion: true, endpointCompletion: false },
  properties: { secret: 'a secret for the tests' },
};
const blocks = { committedBlocks: [], uncommittedBlocks: [{ name: 'MDAwMDAw', size: 1 }] };
const named = { displayName: 'Calls', locale: 'en-US', description: 'd', customProperties: { digest: 'abc' } };
const inProject = { ...named, project: { self: project.self } };
const page = (entity: object): Reply => ({ body: { values: [entity] } });

/** What the client does, the answers to it, and the operations that this must be. */
const deeds: readonly (readonly [
  string,
  (client: SpeechPort) => Promise<unknown>,
  readonly Reply[],
  readonly string[],
])[] = [
  ['list', (c) => c.projects.list({ filter: "locale eq 'en-US'" }), [page(project)], ['Projects_List']],
  ['get', (c) => c.projects.get(ids.project), [{ body: project }], ['Projects_Get']],
  ['an unknown one', (c) => c.projects.get(ids.project), [{ status: 404, body: notFoundOf() }], ['Projects_Get']],
  [
    'create',
    (c) => c.projects.create({ ...named, foundryProjectName: 'f' }),
    [{ status: 201, body: project }],
    ['Projects_Create'],
  ],
  ['update', (c) => c.projects.update(project.self, { displayName: 'x' }), [{ body: project }], ['Projects_Update']],
  ['delete', (c) => c.projects.delete(project.self), [{ status: 204 }], ['Projects_Delete']],
  ['list', (c) => c.datasets.list({ filter: "kind eq 'Acoustic'" }), [page(dataset)], ['Datasets_List']],
  [
    'create',
    (c) =>
      c.datasets.create({
        ...inProject,
        kind: 'Acoustic',
        contentUrl: 'https://a.blob.core.windows.net/b?sig=c',
        properties: { textNormalizationKind: 'None' },
      }),
    [{ status: 201, body: dataset }],
    ['Datasets_Create'],
  ],
  ['update', (c) => c.datasets.update(ids.dataset, inProjectChange()), [{ body: dataset }], ['Datasets_Update']],
  ['delete', (c) => c.datasets.delete(dataset.self), [{ status: 204 }], ['Datasets_Delete']],
  ['wait', (c) => c.datasets.wait(dataset.self), [{ body: dataset }], ['Datasets_Get']],
  [
    'files',
    (c) => c.datasets.files(dataset.self),
    [page({ ...file, properties: { size: 17 } })],
    ['Datasets_ListFiles'],
  ],
  [
    'uploadContent',
    (c) => c.datasets.uploadContent(ids.dataset, oneByte()),
    [
      { body: { ...dataset, status: 'NotStarted' } },
      { body: blocks },
      { status: 201 },
      'cut',
      { body: { ...dataset, status: 'NotStarted' } },
      { body: blocks },
      { status: 200 },
    ],
    [
      'Datasets_Get',
      'Datasets_GetBlocks',
      'Datasets_UploadBlock',
      'Datasets_CommitBlocks',
      'Datasets_Get',
      'Datasets_GetBlocks',
      'Datasets_CommitBlocks',
    ],
  ],
  ['list', (c) => c.models.list(), [page(model)], ['Models_ListCustomModels']],
  ['get', (c) => c.models.get(model.self), [{ body: model }], ['Models_GetCustomModel']],
  [
    'create',
    (c) =>
      c.models.create({
        ...inProject,
        baseModel: { self: baseModel.self },
        datasets: [{ self: dataset.self }],
        properties: { customModelWeightPercent: 42 },
      }),
    [{ status: 201, body: model }],
    ['Models_Create'],
  ],
  ['update', (c) => c.models.update(model.self, inProjectChange()), [{ body: model }], ['Models_Update']],
  ['delete', (c) => c.models.delete(model.self), [{ status: 204 }], ['Models_Delete']],
  ['files', (c) => c.models.files(model.self), [page({ ...file, kind: 'ModelReport' })], ['Models_ListFiles']],
  ['list', (c) => c.baseModels.list({ filter: "locale eq 'en-US'" }), [page(baseModel)], ['Models_ListBaseModels']],
  ['get', (c) => c.baseModels.get(baseModel.self), [{ body: baseModel }], ['Models_GetBaseModel']],
  ['list', (c) => c.evaluations.list(), [page(evaluation)], ['Evaluations_List']],
  ['get', (c) => c.evaluations.get(evaluation.self), [{ body: evaluation }], ['Evaluations_Get']],
  [
    'create',
    (c) =>
      c.evaluations.create({
        ...inProject,
        dataset: { self: dataset.self },
        model1: { self: model.self },
        model2: { self: baseModel.self },
      }),
    [{ status: 201, body: evaluation }],
    ['Evaluations_Create'],
  ],
  [
    'update',
    (c) => c.evaluations.update(ids.evaluation, inProjectChange()),
    [{ body: evaluation }],
    ['Evaluations_Update'],
  ],
  ['delete', (c) => c.evaluations.delete(ids.evaluation), [{ status: 204 }], ['Evaluations_Delete']],
  ['files', (c) => c.evaluations.files(ids.evaluation), [page(file)], ['Evaluations_ListFiles']],
  ['list', (c) => c.endpoints.list(), [page(endpoint)], ['Endpoints_List']],
  ['get', (c) => c.endpoints.get(endpoint.self), [{ body: endpoint }], ['Endpoints_Get']],
  [
    'create',
    (c) => c.endpoints.create({ ...inProject, model: { self: model.self }, properties: { loggingEnabled: false } }),
    [{ status: 201, body: endpoint }],
    ['Endpoints_Create'],
  ],
  [
    'update',
    (c) => c.endpoints.update(ids.endpoint, { model: { self: model.self }, properties: { loggingEnabled: true } }),
    [{ body: endpoint }],
    ['Endpoints_Update'],
  ],
  ['delete', (c) => c.endpoints.delete(ids.endpoint), [{ status: 204 }], ['Endpoints_Delete']],
  ['list', (c) => all(c).list({ filter: "displayName eq 'speechops'" }), [page(webhook)], ['WebHooks_List']],
  ['get', (c) => all(c).get(webhook.self), [{ body: webhook }], ['WebHooks_Get']],
  ['create', (c) => all(c).create(newWebhook), [{ status: 201, body: webhook }], ['WebHooks_Create']],
  ['update', (c) => all(c).update(webhook.self, newWebhook), [{ body: webhook }], ['WebHooks_Update']],
  ['delete', (c) => all(c).delete(webhook.self), [{ status: 204 }], ['WebHooks_Delete']],
];

const title = hasDefinition
  ? 'against the definition of the API'
  : `against the definition of the API (skipped: there is no ${definitionFile})`;

describe.skipIf(!hasDefinition)(title, () => {
  const check = hasDefinition ? checkerOf(JSON.parse(readFileSync(definitionFile, 'utf8'))) : undefined;

  test.each(deeds.map(([name, deed, replies, operations]) => ({ name, deed, replies, operations })))(
    '$name is $operations',
    async ({ deed, replies, operations }) => {
      await using service = await startScriptedService(...replies);
      await deed(clientOf(service));
      const seen = service.requests.map((request, index) => check?.(request, replies[index]));
      expect(seen).toEqual(operations.map((operationId) => ({ operationId, problems: [] })));
    },
  );
});

/** Tells the operation of a request, and what in it or in its answer is not as the definition says. */
function checkerOf(definition: Definition) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ definitions: sealed(definition, 'request') }, 'request');
  ajv.addSchema({ definitions: sealed(definition, 'answer') }, 'answer');
  const validate = (side: 'request' | 'answer', schema: object, value: unknown) => {
    const isValid = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('#/definitions', `${side}#/definitions`)));
    return isValid(value)
      ? []
      : (isValid.errors ?? []).map((e) => `${side}${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
  };

  return ({ method, url, headers, body }: ReceivedRequest, reply: Reply | undefined) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const found = Object.entries(definition.paths)
      .filter(([template]) => matches(template, pathname))
      // `/models/base` also looks like `/models/{id}`.
      .toSorted(([a], [b]) => a.split('{').length - b.split('{').length)[0]?.[1][method.toLowerCase()];
    if (!found) return { operationId: 'none', problems: [`${method} ${pathname} is no operation`] };
    const parameters = found.parameters.map((p) =>
      p.$ref ? definition.parameters[p.$ref.split('/').at(-1) ?? ''] : p,
    );
    const declared = new Set(parameters.filter((p) => p?.in === 'query').map((p) => p?.name));
    const problems = [...searchParams.keys()].filter((name) => !declared.has(name)).map((name) => `query ${name}`);
    if (searchParams.get('api-version') !== '2025-10-15') problems.push('api-version');
    const bodySchema = found.parameters.find((p) => p.in === 'body')?.schema;
    if (bodySchema === undefined && body.byteLength > 0) problems.push('a body where none is');
    if (bodySchema !== undefined) {
      if (!found.consumes?.includes(headers['content-type'] ?? '')) problems.push(`type ${headers['content-type']}`);
      if (found.consumes?.includes('application/json')) {
        problems.push(...validate('request', bodySchema, JSON.parse(body.toString())));
      }
    }
    if (typeof reply === 'object') {
      const response = found.responses[String(reply.status ?? 200)] ?? found.responses['default'];
      if (response?.schema) problems.push(...validate('answer', response.schema, reply.body));
    }
    return { operationId: found.operationId, problems };
  };
}

/** Schemas in which undeclared members are faults, and in a request also members that only the service may set. */
function sealed({ definitions }: Definition, side: 'request' | 'answer'): Record<string, Schema | object> {
  const shared = new Set(Object.values(definitions).flatMap(({ allOf = [] }) => allOf.map(({ $ref }) => nameOf($ref))));
  const isReadOnly = (schema: Schema) => schema.readOnly || definitions[nameOf(schema.$ref)]?.readOnly;
  return Object.fromEntries(
    Object.entries(definitions).map(([name, schema]) => {
      if (!schema.properties) return [name, schema];
      const properties = Object.entries(schema.properties).map(([key, value]) => [
        key,
        side === 'request' && isReadOnly(value) ? false : value,
      ]);
      const seal =
        shared.has(name) || schema.additionalProperties !== undefined ? {} : { unevaluatedProperties: false };
      return [name, { ...schema, properties: Object.fromEntries(properties), ...seal }];
    }),
  );
}

function nameOf(reference: string | undefined): string {
  return reference?.split('/').at(-1) ?? '';
}

function matches(template: string, pathname: string): boolean {
  const pattern = template.replace(/\{\w+\}/g, '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}');
  return new RegExp(`^/speechtotext${pattern}$`).test(pathname) || template === pathname.replace('/speechtotext', '');
}

/** The definition has no null, though the service sends it. */
function notFoundOf(): object {
  return { code: notFound.code, message: notFound.message };
}

function all({ webhooks }: SpeechPort): NonNullable<SpeechPort['webhooks']> {
  if (webhooks === undefined) throw new Error('There are no webhooks');
  return webhooks;
}

function inProjectChange() {
  return { displayName: 'x', description: 'd', project: { self: project.self }, customProperties: { a: 'b' } };
}

async function* oneByte(): AsyncGenerator<Uint8Array, void, void> {
  yield new Uint8Array(1);
}
