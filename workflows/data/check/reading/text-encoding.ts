/** How bytes are to be read as text. */
export interface TextEncoding {
  /** As people call it. */
  readonly name: string;
  /** A label of TextDecoder; undefined where Node has no decoder for it. */
  readonly label: string | undefined;
  /** How many bytes at the beginning are its byte order mark. */
  readonly markBytes: number;
}

const utf8: TextEncoding = { name: 'UTF-8', label: 'utf-8', markBytes: 0 };
const utf16le: TextEncoding = { name: 'UTF-16 LE', label: 'utf-16le', markBytes: 2 };
const utf16be: TextEncoding = { name: 'UTF-16 BE', label: 'utf-16be', markBytes: 2 };
const utf32le: TextEncoding = { name: 'UTF-32 LE', label: undefined, markBytes: 4 };
const utf32be: TextEncoding = { name: 'UTF-32 BE', label: undefined, markBytes: 4 };

/**
 * The Unicode encoding of a text by its byte order mark, or by where its zero bytes are: letters of Europe have one in each unit of
 * UTF-16, and three of UTF-32. Other bytes are taken for UTF-8 here, which {@link utf8Fault} proves. `binary` is no text at all.
 */
export function encodingOf(head: Uint8Array): TextEncoding | 'binary' {
  const [a, b, c, d] = head;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { ...utf8, markBytes: 3 };
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) return utf32le;
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return utf32be;
  if (a === 0xff && b === 0xfe) return utf16le;
  if (a === 0xfe && b === 0xff) return utf16be;
  return withoutMark(head.subarray(0, 1 << 12));
}

/** Tab, line feed, form feed, carriage return and escape occur in texts. */
const textControls: ReadonlySet<number> = new Set([9, 10, 12, 13, 27]);

function withoutMark(sample: Uint8Array): TextEncoding | 'binary' {
  const zeros = [0, 0, 0, 0];
  let controls = 0;
  for (const [index, byte] of sample.entries()) {
    if (byte === 0) zeros[index & 3] = (zeros[index & 3] ?? 0) + 1;
    else if (byte < 0x20 && !textControls.has(byte)) controls += 1;
  }
  const [w = 0, x = 0, y = 0, z = 0] = zeros;
  const all = w + x + y + z;
  const units = sample.length / 4;
  const unmarked = (encoding: TextEncoding): TextEncoding => ({
    ...encoding,
    name: `${encoding.name} without byte order mark`,
    markBytes: 0,
  });
  if (all > 0 && controls <= sample.length / 20) {
    const few = units / 10;
    const many = units * 0.6;
    if (x > many && y > many && z > many && w < few) return unmarked(utf32le);
    if (w > many && x > many && y > many && z < few) return unmarked(utf32be);
    if (x + z > many && w + y < few) return unmarked(utf16le);
    if (w + y > many && x + z < few) return unmarked(utf16be);
  }
  return all > sample.length / 100 || controls > sample.length / 10 ? 'binary' : utf8;
}

/** Where the first byte is that is no UTF-8, or -1. A sequence that is cut off at the end is none either. */
export function utf8Fault(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return -1;
}

/** The length of the sequence of UTF-8 that begins there (RFC 3629), or 0. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return 0;
  for (let next = 1; next < length; next += 1) if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1] ?? 0;
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second > 0x9f) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  return first === 0xf4 && second > 0x8f ? 0 : length;
}

/**
 * What bytes probably are that are no UTF-8: by the locale, since most single bytes could be of any code page. `sample` begins with
 * the line of the first such byte.
 */
export function guessEncoding(sample: Uint8Array, locale: string): { readonly is: string; readonly label: string } {
  const fault = utf8Fault(sample);
  const isMostlyUtf8 = sample.subarray(0, fault).some((byte) => byte >= 0x80);
  if (isMostlyUtf8) return { is: 'UTF-8 but for some bytes', label: 'utf-8' };
  const language = locale.slice(0, 2).toLowerCase();
  const isTraditional = /^zh.*[-_](?:TW|HK|MO|Hant)/i.test(locale);
  const candidates = isTraditional ? ['big5', 'gb18030'] : (encodingsOfLanguages[language] ?? []);
  for (const label of candidates)
    if (isReadBy(sample, label)) return { is: `probably ${names[label] ?? label}`, label };
  const kana = decoded(sample, 'shift_jis')?.match(/[\p{sc=Hiragana}\p{sc=Katakana}]/gu)?.length ?? 0;
  if (kana > sample.length / 10) return { is: 'probably Shift_JIS', label: 'shift_jis' };
  // 0x80 to 0x9F are letters and quotes of Windows, and control characters of ISO 8859.
  const hasWindows = sample.some((byte) => byte >= 0x80 && byte < 0xa0);
  return hasWindows
    ? { is: 'probably windows-1252', label: 'windows-1252' }
    : { is: 'probably windows-1252 or ISO-8859-1', label: 'windows-1252' };
}

/** What texts in these languages were kept in before UTF-8, in the order in which they are tried. */
const encodingsOfLanguages: Readonly<Record<string, readonly string[]>> = {
  // Shift_JIS reads EUC-JP as half-width katakana.
  ja: ['euc-jp', 'shift_jis'],
  zh: ['gb18030', 'big5'],
  yu: ['big5', 'gb18030'],
  ko: ['euc-kr'],
  ru: ['windows-1251'],
  uk: ['windows-1251'],
  bg: ['windows-1251'],
  sr: ['windows-1251'],
  mk: ['windows-1251'],
  kk: ['windows-1251'],
  el: ['windows-1253'],
  tr: ['windows-1254'],
  az: ['windows-1254'],
  he: ['windows-1255'],
  ar: ['windows-1256'],
  fa: ['windows-1256'],
  et: ['windows-1257'],
  lv: ['windows-1257'],
  lt: ['windows-1257'],
  vi: ['windows-1258'],
  th: ['windows-874'],
  cs: ['windows-1250'],
  pl: ['windows-1250'],
  hu: ['windows-1250'],
  sk: ['windows-1250'],
  sl: ['windows-1250'],
  hr: ['windows-1250'],
  ro: ['windows-1250'],
};

const names: Readonly<Record<string, string>> = {
  shift_jis: 'Shift_JIS',
  'euc-jp': 'EUC-JP',
  gb18030: 'GB18030',
  big5: 'Big5',
  'euc-kr': 'EUC-KR',
};

function isReadBy(sample: Uint8Array, label: string): boolean {
  return decoded(sample, label) !== undefined;
}

function decoded(sample: Uint8Array, label: string): string | undefined {
  try {
    // The sample may end within a character.
    return new TextDecoder(label, { fatal: true }).decode(sample, { stream: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return undefined;
  }
}
