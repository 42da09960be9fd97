import { onTestFinished } from 'vitest';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../emulator/start-emulator.ts';
import { faultsOf } from './definition.ts';
import { controlEmulator } from './control-emulator.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests assert what they read
  readonly body: any;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Added to the path's query. */
  readonly query?: Readonly<Record<string, string | number>>;
  readonly version?: string | null;
  readonly key?: string | null;
}

/** A client of an emulator that checks every answer of the control plane against the published definition. */
export class Client {
  readonly emulator: Emulator;

  constructor(emulator: Emulator) {
    this.emulator = emulator;
  }

  /** A request below `/speechtotext`. `path` may also be an absolute URL, as `self` is. */
  async api(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const isAbsolute = path.startsWith('http');
    const url = new URL(isAbsolute ? path : `${this.emulator.url}/speechtotext${path}`);
    const version = options.version === undefined ? '2025-10-15' : options.version;
    if (version !== null) url.searchParams.set('api-version', version);
    for (const [name, value] of Object.entries(options.query ?? {})) url.searchParams.set(name, String(value));
    const key = options.key === undefined ? this.emulator.key : options.key;
    const isRaw = options.body instanceof Uint8Array;
    const isForm = options.body instanceof FormData;
    const type = isRaw ? 'application/octet-stream' : 'application/json';
    const response = await fetch(url, {
      method,
      headers: {
        ...(key === null ? {} : { 'Ocp-Apim-Subscription-Key': key }),
        ...(options.body === undefined || isForm ? {} : { 'content-type': type }),
        ...options.headers,
      },
      ...(options.body === undefined
        ? {}
        : {
            body: isForm
              ? (options.body as FormData)
              : isRaw
                ? Buffer.from(options.body as Uint8Array)
                : JSON.stringify(options.body),
          }),
    });
    const text = await response.text();
    const answer = {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
    if (answer.body?.error?.code !== '401') {
      const faults = faultsOf({
        method,
        path: url.pathname.replace('/speechtotext', ''),
        status: answer.status,
        body: answer.body,
      });
      if (faults.length > 0) throw new Error(faults.join('\n'));
    }
    return answer;
  }

  get(path: string, options?: RequestOptions): Promise<Answer> {
    return this.api('GET', path, options);
  }

  post(path: string, body: unknown, options?: RequestOptions): Promise<Answer> {
    return this.api('POST', path, { ...options, body });
  }

  form(path: string, body: FormData): Promise<Answer> {
    return this.api('POST', path, { body });
  }

  patch(path: string, body: unknown, options?: RequestOptions): Promise<Answer> {
    return this.api('PATCH', path, { ...options, body });
  }

  delete(path: string, options?: RequestOptions): Promise<Answer> {
    return this.api('DELETE', path, options);
  }

  /** The body of a creation; throws unless it is answered with 201. */
  async create(path: string, body: unknown) {
    const answer = await this.post(path, body);
    if (answer.status !== 201) throw new Error(`POST ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** A request to the control API. */
  async control(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const response = await controlEmulator(this.emulator, path, { method, body, headers });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  }

  async advance(seconds: number): Promise<void> {
    await this.control('POST', '/clock', { advanceSeconds: seconds });
  }

  async addFault(fault: object): Promise<void> {
    const answer = await this.control('POST', '/faults', fault);
    if (answer.status !== 201) throw new Error(answer.body.error);
  }

  /** The object after all its lifecycle. */
  async finished(self: string) {
    return await this.finishedSoon(self, 100_000);
  }

  /** As {@link finished}, where other objects must not end meanwhile. */
  async finishedSoon(self: string, seconds = 600) {
    await this.advance(seconds);
    let { body } = await this.get(self);
    // On a slow machine the work may take longer than a reading waits for it.
    while (body.status === 'Running') ({ body } = await this.get(self));
    return body;
  }

  /** A dataset with this content, uploaded as one block and imported. */
  async dataset(members: object, content: string | Uint8Array) {
    const created = await this.create('/datasets', { displayName: 'data', locale: 'en-US', ...members });
    const path = pathOf(created.self);
    await this.api('PUT', `${path}/blocks`, { query: { blockid: 'AAAA' }, body: Buffer.from(content) });
    const committed = await this.post(`${path}/blocks:commit`, [{ kind: 'Latest', id: 'AAAA' }]);
    if (committed.status !== 200) throw new Error(JSON.stringify(committed.body));
    return this.finished(created.self);
  }

  /** A text dataset. */
  text(sentences: readonly string[], members: object = {}) {
    return this.dataset({ kind: 'Language', ...members }, `\uFEFF${sentences.join('\n')}\n`);
  }

  /** A trained model, and its datasets. */
  async model(datasets: readonly { readonly self: string }[], members: object = {}) {
    const references = datasets.map(({ self }) => ({ self }));
    const created = await this.create('/models', {
      displayName: 'model',
      locale: 'en-US',
      datasets: references,
      ...members,
    });
    return this.finished(created.self);
  }

  /** Base models of en-US that endpoints can serve, oldest first. */
  async baseModels() {
    const { values } = (await this.get('/models/base', { query: { filter: "locale eq 'en-US'" } })).body;
    // oxlint-disable-next-line typescript/no-explicit-any -- as above
    return values.filter((model: any) => model.properties.features.supportsEndpoints);
  }
}

/** A client of an emulator of its own, which is closed when the test is over. The clock stands still unless it is moved. */
export async function startClient(options: EmulatorOptions = {}): Promise<Client> {
  const emulator = await startEmulator({ speed: 1e-6, ...options });
  onTestFinished(() => emulator.close());
  return new Client(emulator);
}

/** The path below `/speechtotext` of an object's `self`. */
export function pathOf(self: string): string {
  return new URL(self).pathname.replace('/speechtotext', '');
}

export function idOf(self: string): string {
  return pathOf(self).split('/').at(-1) ?? '';
}
