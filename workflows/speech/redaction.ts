import { beginningOf } from '../document/beginning-of.ts';

/** Takes secrets out of text before anybody sees it. */
export interface Redactor {
  /** The text on one line, without secrets, control characters and URL queries, and of readable length. */
  redact(text: string): string;
  /** From now on this value is taken out wherever it stands. */
  learn(secret: string): void;
}

/**
 * A redactor that knows no secret yet. Besides those it learns it takes out what secrets look like in Azure: queries of
 * URLs (a shared access signature is one) with more than the version of an API, user information of URLs, bearer tokens and
 * JSON Web Tokens. A service, a proxy or a library may put any of them into a message.
 */
export function createRedactor(): Redactor {
  const secrets = new Set<string>();
  return {
    redact(text) {
      let clean = beginning(text, secrets);
      for (const secret of secrets) clean = clean.replaceAll(secret, mask);
      clean = redactForms(clean)
        .replace(/[\s\p{Cc}]+/gu, ' ')
        .trim();
      return clean.length > longestText || text.length > longestSource ? `${beginningOf(clean, longestText)}…` : clean;
    },
    learn(secret) {
      // Replacing very short values would make text unreadable, and no key or token is that short.
      if (secret.length < 6) return;
      secrets.add(secret).add(encodeURIComponent(secret));
      for (const oldest of secrets) if (secrets.size > mostSecrets) secrets.delete(oldest);
    },
  };
}

/**
 * As much of a long text as may be shown after redaction, cut where no secret is: a part of one would not be known for what
 * it is. A text without white space, where such a place could be told, is left out.
 */
function beginning(text: string, secrets: ReadonlySet<string>): string {
  if (text.length <= longestSource) return text;
  let end = text.slice(0, longestSource).search(/\s\S*$/);
  for (const secret of secrets) {
    const from = Math.max(0, end - secret.length);
    const found = text.slice(from, end + secret.length).indexOf(secret);
    if (found >= 0) end = Math.min(end, from + found);
  }
  return text.slice(0, Math.max(end, 0));
}

/** The text as it is, without what secrets look like in Azure: for whoever shows control characters and length himself. */
export function redactForms(text: string): string {
  let clean = text.replace(/(:\/\/)[^\s/?#]+@/g, `$1${mask}@`).replace(/[^\s"'<>]+/g, withoutQuery);
  for (const [pattern, replacement] of patterns) clean = clean.replace(pattern, replacement);
  return clean.replace(/[\w.-]+/g, withoutTokens);
}

/** Without it the service refuses the commands that a person is told to enter. */
const versionAlone = /^\?api-version=\d{4}-\d{2}-\d{2}(?:-preview)?[).,;:]*$/;

/** Of whole URLs and of paths alone. */
function withoutQuery(word: string): string {
  const slash = word.indexOf('/');
  const query = slash < 0 ? -1 : word.indexOf('?', slash);
  if (query < 0 || query === word.length - 1 || versionAlone.test(word.slice(query))) return word;
  return `${word.slice(0, query)}?${mask}`;
}

/** JSON Web Tokens: three parts with points between them, of which the first begins with `{"` in Base64. */
function withoutTokens(word: string): string {
  if (!word.includes('eyJ')) return word;
  const parts = word.split('.');
  const clean: string[] = [];
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index] ?? '';
    const start = part.search(/\beyJ[\w-]/);
    const isToken = start >= 0 && (parts[index + 1] ?? '') !== '' && index + 2 < parts.length;
    clean.push(isToken ? `${part.slice(0, start)}${mask}` : part);
    if (isToken) index += 2;
  }
  return clean.join('.');
}

const mask = '***';
const longestText = 500;
/** What is behind it would hardly be shown, and long texts take long to look through. */
const longestSource = 16_384;
/** Tokens are renewed about once an hour; the last few are enough. */
const mostSecrets = 16;

const patterns: readonly (readonly [RegExp, string])[] = [
  [
    /((?:%[0-9a-f]{2}|(?<![a-z]))(?:sig|signature|subscription-key|access_token|api-key)(?:=|%3d))[^\s&"'<>]+/gi,
    `$1${mask}`,
  ],
  [/\b(bearer|basic|sharedkey)\s+[\w.~+/=:%-]{16,}/gi, `$1 ${mask}`],
];
