import { describe, expect, it } from 'vitest';
import type { DataFile } from '../../../../../workflows/data/check/reading/data-file.ts';
import { DataFindings } from '../../../../../workflows/data/check/data-findings.ts';
import { readText } from '../../../../../workflows/data/check/reading/read-text.ts';

/** Reads bytes that come in pieces of a size, behind a head that is long enough to be read as one. */
async function read(
  bytes: Uint8Array,
  options: { readonly piece?: number; readonly locale?: string; readonly depth?: 'quick' | 'whole' } = {},
): Promise<{ readonly lines: readonly string[]; readonly said: readonly string[] }> {
  const { piece = bytes.length, locale = 'en-US', depth = 'whole' } = options;
  const file: DataFile = {
    name: 'text.txt',
    path: 'text.txt',
    bytes: bytes.length,
    async *read() {
      for (let at = 0; at < bytes.length; at += piece) yield await Promise.resolve(bytes.subarray(at, at + piece));
    },
  };
  const findings = new DataFindings();
  const lines: string[] = [];
  const context = { kind: 'Language', locale, purpose: undefined, depth, findings, takes: 'one text file' } as const;
  for await (const { number, text } of readText(file, context)) {
    lines.push(text);
    expect(number).toBe(lines.length);
  }
  return {
    lines,
    said: findings.found().diagnostics.map(({ code, line, column, message }) => `${code} ${line}:${column} ${message}`),
  };
}

const head = Array.from({ length: 7000 }, (_, index) => `good morning ${index}`);

describe('a text that is read in pieces', () => {
  it.each([1, 2, 3, 7, 1000, 65_536])('has the same lines, whatever the pieces: %i bytes', async (piece) => {
    const lines = [...head, 'schöne Grüße', '', '東京です 👍', 'end'];
    for (const end of ['\n', '\r\n']) {
      const found = await read(Buffer.from(`\uFEFF${lines.join(end)}${end}`), { piece });
      expect(found).toEqual({ lines, said: [] });
    }
    expect((await read(Buffer.from(lines.join('\r')), { piece })).lines).toEqual(lines);
  });

  it.each([1, 5, 65_536])('has its first bad byte named, with line and column: pieces of %i bytes', async (piece) => {
    const bytes = Buffer.concat([
      Buffer.from(`${head.join('\n')}\n`),
      Buffer.from('le café est fermé\nune idée\n', 'latin1'),
    ]);
    const { lines, said } = await read(bytes, { piece, locale: 'fr-FR' });
    expect(said).toEqual([
      'encoding 7001:7 Cannot read this as UTF-8: it is probably windows-1252 or ISO-8859-1 (byte 0xE9)',
    ]);
    expect(lines.slice(-2)).toEqual(['le café est fermé', 'une idée']);
  });

  it('is read to its end where a line is too long', async () => {
    const { lines, said } = await read(Buffer.from(`one\n${'x'.repeat(9_000_000)}\nthree\n`), { piece: 65_536 });
    expect(said).toEqual(['long-line 2:1 Cannot take this as a text: a line has over 1,000,000 characters']);
    expect(lines).toEqual(['one', '', 'three']);
  });

  it('is read up to a line end where names and beginnings are enough', async () => {
    const { lines } = await read(Buffer.from(head.join('\n')), { depth: 'quick', piece: 65_536 });
    expect(lines.length).toBeGreaterThan(1000);
    expect(lines.length).toBeLessThan(head.length);
    expect(head).toContain(lines.at(-1));
  });
});

describe('an encoding', () => {
  const japanese = 'おはようございます\n東京です\n';
  it.each([
    ['UTF-16 LE', Buffer.from(`\uFEFF${japanese}`, 'utf16le'), 'ja-JP'],
    ['UTF-16 BE', Buffer.from(`\uFEFF${japanese}`, 'utf16le').swap16(), 'ja-JP'],
    ['UTF-16 LE without byte order mark', Buffer.from('good morning\ngood evening\n', 'utf16le'), 'en-US'],
    ['UTF-16 BE without byte order mark', Buffer.from('good morning\ngood evening\n', 'utf16le').swap16(), 'en-US'],
    ['UTF-32 LE', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), 'en-US'],
    ['UTF-32 BE', Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 0x61]), 'en-US'],
    ['probably windows-1252', Buffer.from('it\u0092s\n', 'latin1'), 'en-US'],
    ['probably windows-1251', Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2, 10]), 'ru-RU'],
    ['probably EUC-JP', Buffer.from([0xa4, 0xaa, 0xa4, 0xcf, 10]), 'ja-JP'],
    ['probably Big5', Buffer.from([0xa7, 0x41, 0xa6, 0x6e, 10]), 'zh-TW'],
    ['UTF-8 but for some bytes', Buffer.concat([Buffer.from('schöne Gr'), Buffer.from([0xfc, 10])]), 'de-DE'],
  ])('is named: %s', async (name, bytes, locale) => {
    const { said } = await read(bytes, { locale });
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^encoding /);
    expect(said[0]?.replace(/ \(byte .*/, '')).toMatch(new RegExp(`: it is ${name}$`));
  });

  it('is known for what it is in texts of Europe and Asia alike', async () => {
    for (const text of ['plain words\n', 'schöne Grüße\n', japanese, '안녕하세요\n', 'สวัสดี\n', 'مرحبا\n', '👍\n'])
      expect((await read(Buffer.from(text))).said).toEqual([]);
  });
});
