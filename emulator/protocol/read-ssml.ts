/** What a document of SSML says, in one voice. */
export interface SpokenText {
  readonly voice: string;
  readonly text: string;
}

/**
 * Reads `<speak><voice name="…">text</voice></speak>`. Other elements within the voice are left out, and their text is read. Answers
 * what is wrong with a document of another form.
 */
export function readSsml(document: string): SpokenText | { readonly fault: string } {
  const body = document.replace(/^\uFEFF?\s*(?:<\?xml[^>]*\?>)?\s*/u, '');
  const whole = /^<speak(?:\s[^<>]*)?>(?<inner>[^]*)<\/speak\s*>\s*$/u.exec(body)?.groups?.['inner'];
  if (whole === undefined) return { fault: 'The body is no SSML: it has to be one element speak.' };
  const voice = /^\s*<voice\s(?<attributes>[^<>]*)>(?<inner>[^]*)<\/voice\s*>\s*$/u.exec(whole)?.groups;
  if (voice === undefined) return { fault: 'The element speak has to have one element voice.' };
  const name = /(?:^|\s)name\s*=\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)')/u.exec(voice['attributes'] ?? '')?.groups;
  const inner = (voice['inner'] ?? '').replaceAll(/<[^<>]*>/gu, ' ');
  if (/[<>]/u.test(inner)) return { fault: 'The SSML is not well-formed: an element is not closed.' };
  const text = decoded(inner);
  if (text === undefined) return { fault: 'The SSML is not well-formed: & has to be written as &amp;.' };
  return { voice: decoded(name?.['double'] ?? name?.['single'] ?? '') ?? '', text: text.trim() };
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Undefined where an ampersand begins no reference that XML knows. */
function decoded(text: string): string | undefined {
  if (/&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)/u.test(text)) return undefined;
  return text.replaceAll(
    /&(?:#x(?<hex>[0-9a-fA-F]+)|#(?<decimal>\d+)|(?<name>\w+));/gu,
    (_whole, hex, decimal, name) => {
      if (typeof name === 'string') return entities[name] ?? '';
      const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal);
      return code <= 0x10_ff_ff ? String.fromCodePoint(code) : '\uFFFD';
    },
  );
}
