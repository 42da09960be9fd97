import { expressionPattern } from './url-secrets.ts';

/** Whether a text names data by URL, and not by path. */
export function isUrl(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/**
 * The URL without what only gives access to it: its fragment, and the parameters of its signature, which change from time to
 * time and say nothing about the content. Signatures are those of Azure Storage (Microsoft Learn, "Create a service SAS",
 * "Create a user delegation SAS", "Create an account SAS"), Amazon S3, CloudFront and Google Cloud Storage. Other parameters
 * may select the content (`?set=train`, `?versionid=…`) and stay, in their order.
 */
export function withoutSignature(url: string): string {
  const [place = '', query = ''] = url.replace(/#.*$/, '').split(/\?(.*)/s);
  const parameters = query.split('&').filter((parameter) => parameter !== '');
  const names = new Set(parameters.map(nameOf));
  const signed = signatures.filter(({ mark }) => names.has(mark));
  const kept = parameters.filter((parameter) => !signed.some(({ isPart }) => isPart(nameOf(parameter))));
  return kept.length === 0 ? place : `${place}?${kept.join('&')}`;
}

/**
 * A name that a program gave to data, as it may be shown and kept: where it has a signature or a password, without them and without the
 * user. The fragment stays, because it may say which part of the data is meant.
 */
export function withoutAccess(name: string): string {
  if (!hasLiteralSecret(name)) return name;
  const [, url = '', fragment = ''] = /^([^#]*)(.*)$/s.exec(name) ?? [];
  return withoutSignature(url).replace(/^(https?:\/\/)[^/?]*@/i, '$1') + fragment;
}

/** What a shared access signature of Azure Storage says of itself. */
export interface SharedAccess {
  /** ISO date-time at which it ends; undefined when a stored policy says so in its place. */
  readonly until: string | undefined;
  /** Whether it opens a whole container, and whether the URL names the container itself, in place of a blob in it. */
  readonly container: 'opened' | 'named' | undefined;
}

/** The shared access signature in a URL; undefined when it has none. */
export function sharedAccessOf(url: string): SharedAccess | undefined {
  if (!URL.canParse(url)) return undefined;
  const { searchParams, pathname } = new URL(url);
  const parameters = new Map([...searchParams].map(([name, value]) => [name.toLowerCase(), value]));
  if (!parameters.has('sig')) return undefined;
  const end = Date.parse(parameters.get('se') ?? '');
  const isContainer = parameters.get('sr')?.toLowerCase() === 'c';
  const isNamed = pathname.split('/').filter((part) => part !== '').length <= 1;
  return {
    until: Number.isNaN(end) ? undefined : new Date(end).toISOString(),
    container: isContainer ? (isNamed ? 'named' : 'opened') : undefined,
  };
}

/**
 * Whether a text contains what gives access to data and no expression brings: the signature or the password of a URL, or the
 * signature among the parameters of a query alone.
 */
export function hasLiteralSecret(text: string): boolean {
  const [url] = /https?:\/\//i.exec(text) ?? [];
  if (url !== undefined && passwordInUrl.test(text.replaceAll(expressions, '${{}}'))) return true;
  if (!text.includes('=')) return false;
  return [...text.matchAll(parameters)].some(({ 1: before = '', 2: name = '', 3: behind = '', index }) => {
    if (!signatureNames.has(nameOf(name))) return false;
    const isInUrl = url !== undefined && /[?&]/.test(before) && index > text.indexOf(url);
    return isInUrl || before === '&' || behind === '&';
  });
}

const expressions = new RegExp(expressionPattern, 'g');
const passwordInUrl = /https?:\/\/[^\s/?#:@]*:(?!\$\{\{\}\}@)[^\s/?#]+@/i;
/** With a value that is no expression, nor a name for one in angle brackets. */
const parameters = /(^|[?&\s])([\w%-]{1,60})=(?!\$\{\{)[^\s&#"'<>]+(?=(&?))/g;
const signatureNames = new Set(['sig', 'signature', 'x-amz-signature', 'x-goog-signature']);

interface Signature {
  /** The parameter that only a signed URL has. */
  readonly mark: string;
  readonly isPart: (name: string) => boolean;
}

const signatures: readonly Signature[] = [
  {
    mark: 'sig',
    isPart: partOf(
      'sv ss srt sr si st se sp sip spr sig sdd ses skoid sktid skt ske sks skv skdutid sduoid saoid suoid scid rscc rscd rsce rscl rsct',
    ),
  },
  { mark: 'x-amz-signature', isPart: (name) => name.startsWith('x-amz-') },
  { mark: 'x-goog-signature', isPart: (name) => name.startsWith('x-goog-') },
  { mark: 'key-pair-id', isPart: partOf('signature expires policy key-pair-id') },
];

function partOf(names: string): (name: string) => boolean {
  const all = new Set(names.split(' '));
  return (name) => all.has(name);
}

/** Of one parameter as the URL writes it, in lower case. */
function nameOf(parameter: string): string {
  const name = parameter.replace(/=.*$/s, '');
  try {
    return decodeURIComponent(name).toLowerCase();
  } catch {
    return name.toLowerCase();
  }
}
