/** Takes values out of text that nobody may see, once it has learnt them. */
export interface SecretMask {
  /** From now on the value is taken out, in whichever usual encoding it stands there. Values under 8 characters are not taken. */
  learn(secret: string): void;
  /** The text with `***` in place of every value, in time in proportion to its length. */
  mask(text: string): string;
}

/** The shortest value that can be masked: in place of shorter ones, ordinary text would become unreadable. */
export const SHORTEST_SECRET = 8;

/** A mask that knows no value yet. */
export function createSecretMask(): SecretMask {
  const spellings = new Set<string>();
  let pattern: RegExp | undefined;
  return {
    learn(secret) {
      const before = spellings.size;
      for (const spelling of spellingsOf(secret)) spellings.add(spelling);
      if (spellings.size === before) return;
      // The longest first, so that no part of one stays because another one begins at the same place.
      const longestFirst = [...spellings].toSorted((a, b) => b.length - a.length);
      pattern = new RegExp(longestFirst.map(escaped).join('|'), 'gi');
    },
    mask: (text) => (pattern === undefined ? text : text.replace(pattern, '***')),
  };
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/**
 * A value as it may stand in a text: as it is, in URLs, in JSON, in HTML, in base64 (also in the middle of something
 * longer) and in hexadecimal. Of a URL or a query its signature is a secret by itself.
 */
function spellingsOf(secret: string): readonly string[] {
  const values = [secret, secret.trim(), ...signaturesIn(secret)].filter(({ length }) => length >= SHORTEST_SECRET);
  return values.flatMap((value) => {
    const written = value.isWellFormed() ? value : value.toWellFormed();
    const bytes = new TextEncoder().encode(written);
    const encoded = encodeURIComponent(written);
    return [
      written,
      encoded,
      encoded.replaceAll('%20', '+'),
      encodeURIComponent(encoded),
      encodeURI(written),
      ...inUrls(written),
      JSON.stringify(written).slice(1, -1),
      JSON.stringify(JSON.stringify(written)).slice(3, -3),
      JSON.stringify(written).slice(1, -1).replaceAll('/', '\\/'),
      // As Go and others write JSON.
      JSON.stringify(written)
        .slice(1, -1)
        .replaceAll('&', '\\u0026')
        .replaceAll('<', '\\u003c')
        .replaceAll('>', '\\u003e'),
      written.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
      [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
      ...base64Of(bytes),
    ].filter(({ length }) => length >= SHORTEST_SECRET);
  });
}

/** As a parser of URLs writes it: whole, and in each part of one. */
function inUrls(written: string): readonly string[] {
  const url = new URL('https://host/');
  url.pathname = written;
  url.search = written;
  return [URL.parse(written)?.href ?? '', url.pathname.slice(1), url.search.slice(1)];
}

/** What gives access in a URL or a query: its query as a whole, the signature in it, and the password of its user. */
function signaturesIn(secret: string): readonly string[] {
  const [, behindMark] = /\?([^#]*)/.exec(secret) ?? [];
  const query = behindMark ?? secret;
  const password = URL.canParse(secret) ? new URL(secret).password : '';
  const found = behindMark === undefined ? [] : [behindMark];
  for (const part of query.split('&')) {
    const [name = '', ...value] = part.split('=');
    if (!/sig|token|key|secret|password|code/i.test(name)) continue;
    found.push(value.join('='), decoded(value.join('=')));
  }
  return [...found, password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The letters that stand for the bytes wherever they begin in what is encoded, in both alphabets. */
function base64Of(bytes: Uint8Array): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const padded = new Uint8Array(offset + bytes.length);
    padded.set(bytes, offset);
    const letters = btoa(Array.from(padded, (byte) => String.fromCharCode(byte)).join(''));
    // A letter stands for six bits: those that belong to other bytes as well are left out.
    const certain = letters.slice(Math.ceil((offset * 8) / 6), Math.floor((padded.length * 8) / 6));
    return [certain, certain.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
