import { describe, expect, it } from 'vitest';
import { createSecretMask } from '../../../../workflows/language/variables/secret-mask.ts';

const signature = 'kLq/1+Zx7Wb0a2Yt9Rr5Ee8Uu3Ii6Oo=';
const query = `sv=2026-02-06&sr=c&sp=rl&sig=${encodeURIComponent(signature)}`;
const url = `https://calls.blob.core.windows.net/recordings/two words.zip?${query}`;

function masked(secret: string, text: string): string {
  const mask = createSecretMask();
  mask.learn(secret);
  return mask.mask(text);
}

describe('a mask', () => {
  it.each([
    ['as it is', (text: string) => text],
    ['in a component of a URL', encodeURIComponent],
    ['with hexadecimal digits in small letters', (text: string) => encodeURIComponent(text).toLowerCase()],
    ['in a URL in a URL', (text: string) => encodeURIComponent(encodeURIComponent(text))],
    ['as a form', (text: string) => new URLSearchParams({ text }).toString().slice('text='.length)],
    ['as a normalised URL', (text: string) => (URL.canParse(text) ? new URL(text).href : text)],
    ['in JSON', (text: string) => JSON.stringify(text).slice(1, -1)],
    ['in JSON in JSON', (text: string) => JSON.stringify(JSON.stringify(text)).slice(3, -3)],
    ['in JSON as Go writes it', (text: string) => JSON.stringify(text).slice(1, -1).replaceAll('&', '\\u0026')],
    ['in JSON with slashes escaped', (text: string) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/')],
    ['in HTML', (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
    ['in base64', (text: string) => Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -1)],
    ['in base64 for URLs', (text: string) => Buffer.from(text).toString('base64url').slice(0, -1)],
    ['in hexadecimal', (text: string) => Buffer.from(text).toString('hex')],
    ['in capital hexadecimal', (text: string) => Buffer.from(text).toString('hex').toUpperCase()],
  ])('takes a value out that stands there %s', (_, encode) => {
    for (const secret of ['correct horse "battery" & staple', url, query, 'schlüssel-ß-𝔸-0123']) {
      const text = masked(secret, `before ${encode(secret)} behind`);
      expect(text).not.toContain(encode(secret));
      expect(text).toMatch(/^before \*\*\*\S{0,2} behind$/);
    }
  });

  it.each([0, 1, 2, 3, 4])('takes it out of base64 that has %s bytes before it', (bytes) => {
    const encoded = Buffer.from(`${'u'.repeat(bytes)}correct-horse-battery-staple@host`).toString('base64');
    const left = masked('correct-horse-battery-staple', encoded);
    expect(left).toContain('***');
    expect(Buffer.from(left.replace('***', ''), 'base64').toString('latin1')).not.toMatch(/orrect|horse|batter/);
  });

  it('takes the signature out of a URL where it stands alone', () => {
    for (const secret of [url, query, `?${query}`])
      expect(masked(secret, `signature ${signature} or ${encodeURIComponent(signature)}`)).toBe('signature *** or ***');
    expect(masked('https://user:pass-word-1@host/', 'it is pass-word-1')).toBe('it is ***');
  });

  it('leaves other text, and what is too short to be a secret', () => {
    expect(masked('short', 'a short text')).toBe('a short text');
    expect(masked(url, 'recordings of calls, 2026-02-06')).toBe('recordings of calls, 2026-02-06');
  });

  it('takes out the whole of a secret that begins like another one', () => {
    const mask = createSecretMask();
    for (const secret of ['token-one', 'token-one-and-more']) mask.learn(secret);
    expect(mask.mask('token-one-and-more, token-one')).toBe('***, ***');
  });

  it('reads special characters of patterns as they are', () => {
    expect(masked('a.*+?^${}()|[]\\/b', 'a.*+?^${}()|[]\\/b aXXb')).toBe('*** aXXb');
  });
});
