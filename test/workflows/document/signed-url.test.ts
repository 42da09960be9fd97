import { describe, expect, it } from 'vitest';
import {
  hasLiteralSecret,
  sharedAccessOf,
  withoutAccess,
  withoutSignature,
} from '../../../workflows/document/signed-url.ts';

const sas = 'sv=2024-11-04&sr=b&sp=r&st=2026-01-01&se=2027-01-01T00%3A00%3A00Z&spr=https&sig=a%2Bb%3D';

describe('a name without what gives access', () => {
  it.each([
    [`https://a/x.wav?set=1&${sas}#t=1,2`, 'https://a/x.wav?set=1#t=1,2'],
    ['https://me:secret@a/x.wav', 'https://a/x.wav'],
    [`x.wav?${sas}`, 'x.wav'],
    ['call.wav#0', 'call.wav#0'],
    ['https://a/x.wav?a=1#t=1,2', 'https://a/x.wav?a=1#t=1,2'],
    ['who?', 'who?'],
  ])('is what names the data: %s', (name, expected) => {
    expect(withoutAccess(name)).toBe(expected);
  });
});

describe('a URL without its signature', () => {
  it.each([
    [
      'a shared access signature',
      `https://a.blob.core.windows.net/c/x.zip?${sas}`,
      'https://a.blob.core.windows.net/c/x.zip',
    ],
    ['its names in other letters', 'https://a/x?SV=1&Sig=2&%73e=3', 'https://a/x'],
    [
      'a version beside a signature',
      `https://a/x?versionid=2026&${sas}&snapshot=1`,
      'https://a/x?versionid=2026&snapshot=1',
    ],
    ['a selection without a signature', 'https://a/export?set=train', 'https://a/export?set=train'],
    ['names of a signature without one', 'https://a/export?se=1&sp=2', 'https://a/export?se=1&sp=2'],
    ['a signature of Amazon S3', 'https://a/x?set=1&X-Amz-Date=2&X-Amz-Signature=3', 'https://a/x?set=1'],
    ['a signature of Google Cloud', 'https://a/x?X-Goog-Expires=2&X-Goog-Signature=3', 'https://a/x'],
    ['a signature of CloudFront', 'https://a/x?Expires=1&Signature=2&Key-Pair-Id=3&set=4', 'https://a/x?set=4'],
    ['a question mark in a value', 'https://a/x?q=why?&sig=1', 'https://a/x?q=why?'],
    ['a fragment', 'https://a/x?a=1#part', 'https://a/x?a=1'],
    ['a broken escape', 'https://a/x?%zz=1&sig=2', 'https://a/x?%zz=1'],
    ['nothing of the kind', 'https://a/x', 'https://a/x'],
  ])('keeps what selects the content: %s', (_, url, expected) => {
    expect(withoutSignature(url)).toBe(expected);
  });
});

describe('a shared access signature', () => {
  it('tells when it ends, and what it opens', () => {
    expect(sharedAccessOf(`https://a/c/x.zip?${sas}`)).toEqual({
      until: '2027-01-01T00:00:00.000Z',
      container: undefined,
    });
    expect(sharedAccessOf('https://a/c?sr=c&sig=1')).toEqual({ until: undefined, container: 'named' });
    expect(sharedAccessOf('https://a/c/x.zip?sr=c&se=2027-01-01&sig=1')).toEqual({
      until: '2027-01-01T00:00:00.000Z',
      container: 'opened',
    });
  });

  it.each(['https://a/c/x.zip', 'https://a/c/x.zip?se=2020-01-01', 'no URL'])('is not in %s', (url) => {
    expect(sharedAccessOf(url)).toBeUndefined();
  });
});

describe('a signature or password that stands in a text', () => {
  it.each([
    ['https://a/x?sv=1&sig=abc', true],
    ['see https://a/x?sig=abc for it', true],
    ['https://a/x?X-Amz-Signature=abc', true],
    ['https://a/x?sig=${{ env.SIG }}', false],
    ['https://a/x?${{ env.SAS }}', false],
    ['https://a/x?design=abc', false],
    ['sig=abc', false],
    ['https://a/x?sig=', false],
    ['https://a/c/${{ inputs.file }}?sv=1&sig=abc', true],
    ['https://a/c/my file.zip?sv=1&sig=abc', true],
    ["https://a/o'brien.zip?sv=1&sig=abc", true],
    ['https://a/x?%73ig=abc', true],
    ['https://a/x?${{ env.SAS }}&sig=abc', true],
    ['https://a/x?sv=${{ env.VERSION }}&sig=abc', true],
    ['sv=2022-11-02&sr=b&sig=abcDEF%3D', true],
    ['?sig=abc&sv=1', true],
    ['sv=1&sig=${{ env.SIG }}', false],
    ['https://user:pass@host/x', true],
    ['https://${{ env.USER }}:pass@host/x', true],
    ['https://user:p@ss@host/x', true],
    ['https://user:${{ env.PASS }}@host/x', false],
    ['https://user@host/x', false],
    ['https://host:8443/x@y', false],
    ['https://host:${{ env.PORT }}/x', false],
    ['https://a/x?sv=1&sig=<signature>', false],
    ['see https://a/x: write to me@b.example, sig = abc', false],
    ['Is the design good? sig=abc is how it begins', false],
  ])('is told from one that an expression brings: %s', (text, expected) => {
    expect(hasLiteralSecret(text)).toBe(expected);
  });

  it('is looked for in a long text without more work for each character of it', () => {
    for (const part of ['https://', 'https://a:', 'a:', '${{', '&a', 'a=', 'x'])
      expect(hasLiteralSecret(`https://${part.repeat(200_000 / part.length)}`)).toBe(false);
  });
});
