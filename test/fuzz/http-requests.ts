import { servedOperations } from '../../emulator/server/served-operations.ts';
import type { Emulator } from '../../emulator/start-emulator.ts';
import { makeWav } from '../emulator/recognition/make-wav.ts';

/** One request as it will be sent. `isBroken`: its framing may be wrong, so that the service may wait for more. */
export interface FuzzRequest {
  readonly head: string;
  readonly body: Buffer;
  readonly isBroken: boolean;
  /** The caller shows no right to be answered: any 2xx is a fault. */
  readonly isStranger: boolean;
}

/** What earlier answers named, to be asked for again. */
export interface Known {
  readonly emulator: Omit<Emulator, 'close'>;
  /** Where a text of two sentences is read, and where webhooks are answered. */
  readonly storage: string;
  /** The newest addresses of each collection, such as `models/base`, and of files. */
  readonly addresses: Map<string, readonly string[]>;
}

/** Numbers in 0..1. */
type Draw = () => number;

interface Draft {
  method: string;
  path: string;
  query: [string, string][];
  readonly headers: [string, string][];
  /** Text of JSON, or bytes. */
  body: unknown;
}

/** A request that the emulator serves, changed in up to three places; nothing in it leads beyond loopback. */
export function fuzzRequest(draw: Draw, known: Known): FuzzRequest {
  const draft = validRequest(draw, known);
  const { host } = new URL(known.emulator.url);
  draft.headers.push(['Host', host], ['Connection', 'close']);
  const changes = Math.floor(draw() ** 2 * 4);
  for (let index = 0; index < changes; index++) pick(draw, draftChanges)(draw, draft);
  let body = bytesOf(draft.body);
  if (draw() < 0.1 && !body.includes('Url')) body = withChangedBytes(draw, body);
  if (body.length > 0 || draft.method !== 'GET') draft.headers.push(['Content-Length', String(body.length)]);
  const isStranger = draw() < 0.05;
  if (isStranger) pick(draw, disguises)(draft);
  const query = draft.query.map(([name, value]) => `${name}=${value}`).join('&');
  const target = `${draft.path}${query === '' ? '' : `?${query}`}`;
  const lines = draft.headers.map(([name, value]) => `${name}: ${value}`);
  let head = [`${draft.method} ${target} HTTP/1.1`, ...lines, '', ''].join('\r\n');
  const isBroken = !isStranger && draw() < 0.05;
  if (isBroken) head = pick(draw, headChanges)(draw, head);
  return { head, body, isBroken, isStranger };
}

/** The ways in which a page or another user of the machine looks different from the user. */
const disguises: readonly ((draft: Draft) => void)[] = [
  (draft) => replaceHeader(draft, 'Host', 'evil.example'),
  (draft) => replaceHeader(draft, 'Host', '127.0.0.1:1'),
  (draft) => void draft.headers.push(['Host', 'evil.example']),
  (draft) => void draft.headers.push(['Origin', 'http://evil.example']),
  (draft) => void draft.headers.push(['Origin', 'null']),
  (draft) => {
    draft.path = `http://evil.example${draft.path}`;
  },
  (draft) => {
    // A signature in an address stands for the key.
    draft.query = draft.query.filter(([name]) => name !== 'sig');
    replaceHeader(draft, 'Ocp-Apim-Subscription-Key', 'local-key');
    replaceHeader(draft, 'Authorization', 'Bearer local');
  },
];

function replaceHeader(draft: Draft, name: string, value: string): void {
  const kept = draft.headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase());
  draft.headers.splice(0, Infinity, ...kept, [name, value]);
}

function validRequest(draw: Draw, known: Known): Draft {
  const { emulator } = known;
  const kind = draw();
  if (kind < 0.7) return operationRequest(draw, known);
  if (kind < 0.82) {
    const [method, path, body] = pick(draw, controlRequests);
    return { method, path: `/_emulator${path}`, query: [], headers: [...keyed(emulator), contentType(body)], body };
  }
  if (kind < 0.9) {
    const [method, path] = pick(draw, managementRequests);
    const [, subscription = ''] = emulator.resourceId.split(/(?<=\/subscriptions\/[^/]+)(?=\/)/);
    const whole = path.startsWith('/providers')
      ? emulator.resourceId.replace(subscription, path)
      : emulator.resourceId + path;
    const headers: Draft['headers'] = [['Authorization', `Bearer ${emulator.managementToken}`]];
    return { method, path: whole, query: [['api-version', '2025-09-01']], headers, body: undefined };
  }
  if (kind < 0.95) {
    const path = '/speech/recognition/conversation/cognitiveservices/v1';
    const headers: Draft['headers'] = [...keyed(emulator), contentType(wav)];
    return {
      method: 'POST',
      path,
      query: [
        ['language', 'en-US'],
        ['format', 'detailed'],
      ],
      headers,
      body: wav,
    };
  }
  const address = pick(draw, [emulator.url, ...[...known.addresses.values()].flat()]);
  const { pathname, searchParams } = new URL(address);
  const query = [...searchParams].map(([name, value]): [string, string] => [name, encodeURIComponent(value)]);
  return { method: 'GET', path: pathname, query, headers: keyed(emulator), body: undefined };
}

function operationRequest(draw: Draw, known: Known): Draft {
  // What is made most often is there to be asked for.
  const { method, path } = pick(draw, draw() < 0.35 ? creations : draw() < 0.7 ? readings : servedOperations);
  const [, first = '', second] = path.split('/');
  const collection = second === 'base' ? 'models/base' : first;
  const filled = path.replaceAll(/\{(\w+)\}/g, () => idOf(pick(draw, [...addressesOf(known, collection), unknownId])));
  const query: Draft['query'] = [['api-version', '2025-10-15']];
  if (method === 'GET') query.push(...pick(draw, queries));
  if (path.endsWith('/blocks')) query.push(['blockid', pick(draw, ['AAAA', 'BBBB', 'AA==', '%2B%2B%2B%2B'])]);
  const isUpload = method === 'PUT';
  const headers = [
    ...keyed(known.emulator),
    ['Content-Type', isUpload ? 'application/octet-stream' : 'application/json'],
  ];
  const body =
    method === 'GET' || method === 'DELETE'
      ? undefined
      : isUpload
        ? Buffer.from('\uFEFFgood morning everyone\n')
        : path.endsWith('blocks:commit')
          ? [{ kind: 'Latest', id: 'AAAA' }]
          : method === 'PATCH' && draw() < 0.8
            ? { displayName: 'm', description: null, customProperties: { a: null, b: 'c' } }
            : entityBody(draw, known, collection);
  return { method, path: `/speechtotext${filled}`, query, headers: headers as Draft['headers'], body };
}

function entityBody(draw: Draw, known: Known, collection: string): object {
  const reference = (name: string): object => {
    const id = idOf(pick(draw, [...addressesOf(known, name), unknownId]));
    return { self: `${known.emulator.url}/speechtotext/${name}/${id}` };
  };
  const common = { displayName: 'n', description: 'd', locale: 'en-US', customProperties: { a: 'b' } };
  const optional = (members: object): object => (draw() < 0.5 ? members : {});
  if (collection === 'datasets') {
    const contentUrl = draw() < 0.7 ? { contentUrl: pick(draw, [known.storage, pick(draw, contentUrls)]) } : {};
    return { ...common, kind: pick(draw, ['Language', 'Acoustic', 'Pronunciation']), ...contentUrl, properties: {} };
  }
  if (collection === 'models')
    return { ...common, datasets: [reference('datasets')], ...optional({ baseModel: reference('models/base') }) };
  if (collection === 'evaluations') {
    const [model1, model2] = [reference('models/base'), reference('models')];
    return { ...common, dataset: reference('datasets'), model1, model2 };
  }
  if (collection === 'endpoints')
    return { ...common, ...optional({ model: reference('models') }), properties: { loggingEnabled: false } };
  if (collection === 'webhooks') {
    const { locale: _, ...named } = common;
    return {
      ...named,
      webUrl: pick(draw, [known.storage, 'http://127.0.0.1:9/']),
      events: { datasetCreation: true },
      properties: { secret: 's' },
    };
  }
  return common;
}

function addressesOf({ addresses }: Known, collection: string): readonly string[] {
  return addresses.get(collection) ?? [];
}

function idOf(address: string): string {
  return /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/i.exec(address)?.[0] ?? address;
}

function contentType(body: unknown): [string, string] {
  return ['Content-Type', Buffer.isBuffer(body) ? 'audio/wav' : 'application/json'];
}

function keyed({ key }: Known['emulator']): Draft['headers'] {
  return [['Ocp-Apim-Subscription-Key', key]];
}

const creations = servedOperations.filter(({ id }) => /_Create$|UploadBlock$|CommitBlocks$/.test(id));
const readings = servedOperations.filter(({ method }) => method === 'GET' || method === 'PATCH');
const unknownId = '00000000-0000-0000-0000-000000000000';
const wav = makeWav(
  new Int16Array(400).map((_, index) => 9000 * Math.sin(index / 9)),
  { sampleRate: 16_000 },
);

const contentUrls = [
  'http://127.0.0.1:9/a',
  'http://[::1]:9/a',
  'http://0x7f.1:9/',
  'http://127.0.0.1:99999/',
  'https://user:p@127.0.0.1:9/',
  'http://10.0.0.1/a',
  'http://169.254.169.254/latest/meta-data/',
  'ftp://127.0.0.1/a',
];

const queries: readonly Draft['query'][] = [
  [],
  [
    ['top', '2'],
    ['skip', '1'],
  ],
  [['filter', encodeURIComponent("displayName eq 'n' and not (createdDateTime lt 2026-01-01T00:00:00Z)")]],
  [['sasLifetimeMinutes', '5']],
];

const controlRequests: readonly (readonly [string, string, unknown])[] = [
  ['GET', '/clock', undefined],
  ['POST', '/clock', { advanceSeconds: 3600 }],
  ['POST', '/clock', { advanceSeconds: 60, speed: 1000 }],
  ['GET', '/faults', undefined],
  ['POST', '/faults', { operation: 'Projects_List', kind: 'status', status: 429, retryAfterSeconds: 1, count: 1 }],
  ['POST', '/faults', [{ operation: '*', kind: 'entity-failed', code: 'c', message: 'm', rate: 0.5, seed: 3 }]],
  ['DELETE', '/faults', undefined],
  ['GET', '/requests', undefined],
  ['DELETE', '/requests', undefined],
  ['GET', '/account', undefined],
  ['POST', '/account', { location: 'westeurope', isDeleted: false, permissions: null }],
  ['POST', '/audio?transcript=hello', wav],
];

const managementRequests = [
  ['GET', ''],
  ['POST', '/listKeys'],
  ['GET', '/deployments'],
  ['GET', '/providers/Microsoft.Authorization/permissions'],
  ['GET', '/providers/Microsoft.CognitiveServices/accounts'],
  ['GET', '/providers/Microsoft.CognitiveServices/deletedAccounts'],
] as const;

const draftChanges: readonly ((draw: Draw, draft: Draft) => void)[] = [
  (draw, draft) => {
    draft.body = withChangedMember(draw, draft.body);
  },
  (draw, draft) => {
    draft.body = withChangedMember(draw, draft.body);
  },
  (draw, draft) => {
    const parts = draft.path.split('/');
    parts[1 + Math.floor(draw() * (parts.length - 1))] = pick(draw, oddSegments);
    draft.path = parts.join('/');
  },
  (draw, draft) => {
    draft.path += pick(draw, ['/', '//', '/files', ':test', ':', '/..', '%', '/%00', `/${unknownId}`]);
  },
  (draw, draft) => {
    const name = pick(draw, [
      'top',
      'skip',
      'filter',
      'sasLifetimeMinutes',
      'blockid',
      'cid',
      'language',
      'se',
      'api-version',
    ]);
    draft.query.push([name, pick(draw, oddQueryValues)]);
  },
  (draw, draft) => {
    draft.query.splice(Math.floor(draw() * draft.query.length), 1);
  },
  (draw, draft) => {
    draft.method = pick(draw, ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'get']);
  },
  (draw, draft) => {
    replaceHeader(draft, 'Content-Type', pick(draw, oddContentTypes));
  },
  (draw, draft) => {
    const name = pick(draw, [
      'Accept',
      'If-Match',
      'Expect',
      'Upgrade',
      'X-Forwarded-Host',
      'X-HTTP-Method-Override',
      'Range',
    ]);
    draft.headers.push([
      name,
      pick(draw, ['', '100-continue', 'websocket', 'evil.example', 'bytes=0-', 'a'.repeat(5000)]),
    ]);
  },
];

const headChanges: readonly ((draw: Draw, head: string) => string)[] = [
  (_, head) => head.replace(/^Content-Length: .*\r\n/m, 'Transfer-Encoding: chunked\r\n'),
  (_, head) => head.replace(/^Content-Length: .*$/m, 'Content-Length: 99999'),
  (_, head) => head.replace(/^Content-Length: .*$/m, 'Content-Length: -1'),
  (_, head) => head.replace('HTTP/1.1', 'HTTP/1.0'),
  (_, head) => head.replace('HTTP/1.1', 'HTTP/2.0'),
  (_, head) => head.replace(/^Host: .*\r\n/m, ''),
  (_, head) => head.replace('\r\n', `\r\nX-Long: ${'a'.repeat(20_000)}\r\n`),
  (draw, head) => withChangedBytes(draw, Buffer.from(head, 'latin1')).toString('latin1'),
  (draw, head) => head.slice(0, Math.floor(draw() * head.length)),
];

const oddSegments = [
  '',
  '.',
  '..',
  '%2e%2e',
  '%00',
  '%ff',
  '%',
  'constructor',
  '__proto__',
  'a'.repeat(5000),
  unknownId,
  '*',
  ':',
];
const oddContentTypes = [
  '',
  'text/plain',
  'application/merge-patch+json',
  'application/octet-stream',
  'application/json; charset=utf-16',
  'audio/wav',
  'a/b/c',
  'multipart/form-data; boundary=x',
];
const oddQueryValues = [
  '',
  '0',
  '-1',
  '1e300',
  '999999999',
  '99999999999999999999',
  '%ff',
  '%',
  '%00',
  'a'.repeat(5000),
  `${'('.repeat(60)}displayName`,
  encodeURIComponent('createdDateTime gt 9999-99-99T99:99:99Z'),
  encodeURIComponent("constructor eq 'a'"),
  encodeURIComponent('lastActionDateTime ge 0000-01-01'),
  'en-US',
  unknownId,
  '2025-10-15',
];
const oddValues: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e9,
  1e300,
  -1e300,
  Number.MAX_SAFE_INTEGER,
  '',
  ' ',
  '\u0000',
  '\uD800',
  'a'.repeat(70_000),
  '../../../../etc/passwd',
  '2026-13-45T99:99:99Z',
  '+275760-09-13T00:00:00Z',
  'constructor',
  '__proto__',
  unknownId,
  [],
  {},
  [null],
  { self: '' },
  { self: `http://127.0.0.1:9/speechtotext/models/${unknownId}` },
  deep(3000),
];
const oddNames = [
  '__proto__',
  'constructor',
  'toString',
  'self',
  'status',
  'links',
  'properties',
  '',
  'a'.repeat(300),
  'advanceSeconds',
];

function deep(levels: number): unknown {
  let value: unknown = 0;
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** JSON with one member of it, at any depth, replaced, removed or added. */
function withChangedMember(draw: Draw, body: unknown): unknown {
  if (body === undefined || Buffer.isBuffer(body)) return body;
  if (typeof body !== 'object' || body === null || draw() < 0.1) return pick(draw, oddValues);
  if (Array.isArray(body)) {
    if (body.length === 0 || draw() < 0.2) return [...body, pick(draw, oddValues)];
    const at = Math.floor(draw() * body.length);
    return body.map((item: unknown, index) => (index === at ? withChangedMember(draw, item) : item));
  }
  const entries = Object.entries(body);
  if (entries.length === 0 || draw() < 0.15) return withMember(entries, pick(draw, oddNames), pick(draw, oddValues));
  const [name, value] = pick(draw, entries);
  const others = entries.filter(([other]) => other !== name);
  return draw() < 0.15 ? Object.fromEntries(others) : withMember(others, name, withChangedMember(draw, value));
}

/** As JSON.parse would make it: `__proto__` is a member like others. */
function withMember(entries: readonly [string, unknown][], name: string, value: unknown): object {
  const made = Object.fromEntries(entries);
  Object.defineProperty(made, name, { value, enumerable: true, configurable: true, writable: true });
  return made;
}

function bytesOf(body: unknown): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  return Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
}

function withChangedBytes(draw: Draw, bytes: Buffer): Buffer {
  const changed = [...bytes];
  const changes = 1 + Math.floor(draw() * 4);
  for (let index = 0; index < changes; index++) {
    const at = Math.floor(draw() * (changed.length + 1));
    const removed = draw() < 0.6 ? 1 : 0;
    if (draw() < 0.7) changed.splice(at, removed, Math.floor(draw() * 256));
    else changed.splice(at, removed);
  }
  return Buffer.from(changed);
}

function pick<T>(draw: Draw, items: readonly T[]): T {
  const item = items[Math.floor(draw() * items.length)];
  if (item === undefined && items.length === 0) throw new Error('Nothing to pick from');
  return item as T;
}
