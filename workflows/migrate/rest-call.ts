import { whyLeft, whyNoCredential, whyNoStep } from './left-settings.ts';
import { unmarked, withoutMarks } from './text-marks.ts';
import type { MigrationNote, OldCall, OldSettings, Place } from './old-call.ts';
import { type CallOptions, isKind, type ReadCall, whyUnneeded } from './spx-call.ts';

/** A request of an old file; texts in it may have marks. */
export interface OldRequest {
  readonly method: string;
  readonly url: string;
  readonly body?: string | undefined;
  /** Fields of a form, `name=value`, in place of a body. */
  readonly form?: readonly string[];
  /** Whether a header of it has a credential. */
  readonly isSigned?: boolean;
}

/** The words of `curl`, `az rest` or `Invoke-RestMethod` as the request to Custom Speech that they send; undefined when they send none. */
export function requestOf(
  words: readonly string[],
  { fileText }: Pick<CallOptions, 'fileText'>,
): OldRequest | undefined {
  const form: string[] = [];
  let method: string | undefined;
  let url: string | undefined;
  let body: string | undefined;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const [, name = '', own] = /^(--?[A-Za-z][\w-]*)(?:=([^]*))?$/.exec(word) ?? [];
    const value = (): string => own ?? words[(at += 1)] ?? '';
    if (/^(-X|--request|--method|-Method)$/.test(name)) method = value();
    else if (/^-X[A-Z]+$/.test(word)) method = word.slice(2);
    else if (/^(--url|--uri|-Uri|-u)$/.test(name) && isAboutSpeech(words[at + 1] ?? own ?? '')) url = value();
    else if (/^(-F|--form)$/.test(name)) form.push(value());
    else if (/^(-d|--data|--data-raw|--data-binary|--data-ascii|--json|--body|-b|-Body)$/.test(name)) body = value();
    else if (/^(-H|--header|--headers|-Headers|-o|--output|-u|--user|-A|--resource)$/.test(name)) value();
    else if (isAboutSpeech(word)) url ??= word;
  }
  if (url === undefined || !isAboutSpeech(url)) return undefined;
  const text = body?.startsWith('@') === true ? (fileText(body) ?? body) : body;
  const isSent = text !== undefined || form.length > 0;
  const isSigned = words.some((word) => credentialHeader.test(word));
  return { method: (method ?? (isSent ? 'POST' : 'GET')).toUpperCase(), url, body: text, form, isSigned };
}

const credentialHeader = /^\s*(Ocp-Apim-Subscription-Key|Authorization|api-key)\s*:/im;

function isAboutSpeech(text: string): boolean {
  return /\/speechtotext\/(v\d|[a-z]+)/i.test(text);
}

/** A request to version 3.x of the Speech to text REST API, or a newer one, as the call that it is. */
export function readRequest(request: OldRequest, options: CallOptions): ReadCall {
  const read = readUnsigned(request, options);
  if (request.isSigned !== true) return read;
  const { place } = options;
  const note: MigrationNote = { ...place, outcome: 'left', what: 'the credential in a header', why: whyNoCredential };
  return { ...read, notes: [note, ...read.notes] };
}

function readUnsigned(request: OldRequest, { place, marks }: CallOptions): ReadCall {
  const { method, url } = request;
  const [, host = '', version = '', path = ''] =
    /^([^]*?)\/speechtotext\/(?:(v\d[\w.-]*)\/?)?([^?#\s]*)/i.exec(url) ?? [];
  const [collection = '', ...rest] = path.replace(/\/+$/, '').split('/');
  const [bare = '', action] = collection.split(':');
  const what = `${method} ${[bare, ...rest].map((part) => (shownParts.test(part) ? part : '…')).join('/')}`.slice(
    0,
    100,
  );
  const note = (outcome: 'left' | 'unneeded', why: string): ReadCall => ({
    notes: [{ ...place, outcome, what, why }],
    output: '',
  });
  if (version.startsWith('v2') || version.startsWith('v1'))
    return note('left', `it is of ${version.slice(0, 10)}, which has other objects: write the step by hand`);
  const kind = bare.replace(/s$/, '');
  if (!isKind(kind)) return note('left', whyNoStep(bare));
  if (rest.includes('logs') || (kind === 'endpoint' && rest.includes('files'))) return note('left', whyNoStep('logs'));
  if (path.includes(':copy') || path.includes('copyto') || path.includes(':authorizecopy'))
    return note('left', whyNoStep('copy'));
  if (rest.includes('blocks') || rest.some((part) => part.startsWith('blocks:')))
    return note('left', whyNoStep('blocks'));
  if (method === 'GET' || method === 'HEAD') {
    const isBase = kind === 'model' && rest[0] === 'base';
    const isList = kind === 'model' && rest.length === 0;
    const output = isBase ? marks.text({ kind: 'base' }) : isList ? marks.text({ kind: 'in-use' }) : '';
    return { ...note('unneeded', whyUnneeded('status')), output };
  }
  if (method === 'DELETE') return note('unneeded', whyUnneeded('delete'));
  const isUpload = kind === 'dataset' && rest[0] === 'upload';
  const isUpdate = method === 'PATCH' && rest.length === 1;
  if (action !== undefined || (!isUpdate && !(method === 'POST' && (rest.length === 0 || isUpload))))
    return note('left', whyNoStep(''));
  const { settings, notes, isRead } = settingsOf(request, { what, place });
  if (!isRead) return note('left', whyNoStep('text'));
  const endpoint = isUpdate && kind === 'endpoint' ? { endpoint: rest[0] } : {};
  const call: OldCall = {
    ...place,
    kind,
    verb: isUpdate ? 'update' : 'create',
    settings: { ...settings, ...endpoint },
    host: withoutMarks(host) === host ? host : undefined,
  };
  return { call, notes, output: marks.text({ kind: 'made', call }) };
}

/** Other parts of an address may be anything. */
const shownParts =
  /^(projects|datasets|models|evaluations|endpoints|transcriptions|webhooks|operations|base|files|logs|upload|blocks|locales|manifest)$/;

function settingsOf(
  { body, form = [] }: OldRequest,
  { what, place }: { readonly what: string; readonly place: Place },
): { readonly settings: OldSettings; readonly notes: readonly MigrationNote[]; readonly isRead: boolean } {
  const document = form.length > 0 ? formOf(form) : parsed(body ?? '');
  if (document === undefined) return { settings: {}, notes: [], isRead: false };
  const properties = isObject(document['properties']) ? document['properties'] : {};
  const { properties: _, ...top } = document;
  const settings: Partial<Record<string, string | readonly string[]>> = {};
  const notes: MigrationNote[] = [];
  for (const [name, value] of Object.entries({ ...properties, ...top })) {
    const known = Object.hasOwn(settingNames, name) ? settingNames[name] : undefined;
    if (value === null || value === '') continue;
    if (known === 'datasets') settings[known] = Array.isArray(value) ? value.flatMap((one) => textOf(one) ?? []) : [];
    else if (known !== undefined) settings[known] = textOf(value);
    else {
      const why = whyLeft(name);
      const shown = /^\w{1,60}$/.test(name) ? name : 'a property';
      if (why !== undefined) notes.push({ ...place, outcome: 'left', what: `${what}: ${shown}`, why });
    }
  }
  return { settings: settings as OldSettings, notes, isRead: true };
}

const settingNames: Readonly<Record<string, keyof OldSettings>> = {
  displayName: 'name',
  description: 'description',
  locale: 'locale',
  kind: 'kind',
  contentUrl: 'content',
  data: 'content',
  textNormalizationKind: 'textNormalization',
  customModelWeightPercent: 'weight',
  project: 'project',
  dataset: 'dataset',
  datasets: 'datasets',
  baseModel: 'baseModel',
  model: 'model',
  model1: 'model1',
  model2: 'model2',
};

/** A text, a number, or the address of a reference. */
function textOf(value: unknown): string | undefined {
  if (isObject(value)) return textOf(value['self']);
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}

function formOf(fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    fields.map((field) => {
      const [, name = '', value = ''] = /^([^=]*)=([^]*)$/.exec(field) ?? [];
      return [name, value.replace(/^@/, '').replace(/;type=.*$/, '')];
    }),
  );
}

/** The object that a body is; Microsoft's articles leave commas at the ends of objects. */
function parsed(body: string): Record<string, unknown> | undefined {
  for (const text of [body, body.replaceAll(/,(\s*[}\]])/g, '$1')]) {
    try {
      const value: unknown = JSON.parse(text);
      return isObject(value) ? value : undefined;
    } catch {
      // The next one may do.
    }
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The requests of an .http file, as editors send them: `POST url`, headers, an empty line, a body, and `###` between requests.
 * `@name = value` sets a variable, `{{name}}` reads it.
 */
export function requestsIn(
  text: string,
  read: (request: OldRequest, at: { readonly line: number; readonly name: string | undefined }) => void,
  variable: (name: string) => string,
): void {
  const variables = new Map<string, string>();
  const filled = (written: string): string =>
    written.replaceAll(/\{\{\s*([^{}]*?)\s*\}\}/g, (_, name: string) => variables.get(name) ?? variable(name));
  let line = 1;
  for (const block of unmarked(text).split(/^###.*$/m)) {
    const lines = block.split('\n');
    let name: string | undefined;
    for (const [index, written] of lines.entries()) {
      const [, variableName, value] = /^@([\w-]+)\s*=\s*(.*)$/.exec(written.trim()) ?? [];
      if (variableName !== undefined) variables.set(variableName, filled(value ?? '').slice(0, 4096));
      name ??= /^(?:#|\/\/)\s*@name\s+(\w+)/.exec(written)?.[1];
      const [, method, url] = /^(GET|POST|PUT|PATCH|DELETE)\s+(\S+)/.exec(written) ?? [];
      if (method === undefined || url === undefined) continue;
      const rest = lines.slice(index + 1);
      const empty = rest.findIndex((one) => one.trim() === '');
      const body = empty < 0 ? undefined : filled(rest.slice(empty + 1).join('\n'));
      const isSigned = credentialHeader.test(rest.slice(0, Math.max(empty, 0)).join('\n'));
      if (isAboutSpeech(filled(url))) read({ method, url: filled(url), body, isSigned }, { line: line + index, name });
      break;
    }
    line += lines.length - 1;
  }
}
