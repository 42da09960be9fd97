import { describe, expect, it } from 'vitest';
import { hasLiteralSignature, sharedAccessOf, withoutSignature } from '../../../workflows/document/signed-url.ts';

const sas = 'sv=2024-11-04&sr=b&sp=r&st=2026-01-01&se=2027-01-01T00%3A00%3A00Z&spr=https&sig=a%2Bb%3D';

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

describe('a signature that stands in a text', () => {
  it.each([
    ['https://a/x?sv=1&sig=abc', true],
    ['see https://a/x?sig=abc for it', true],
    ['https://a/x?X-Amz-Signature=abc', true],
    ['https://a/x?sig=${{ env.SIG }}', false],
    ['https://a/x?${{ env.SAS }}', false],
    ['https://a/x?design=abc', false],
    ['sig=abc', false],
    ['https://a/x?sig=', false],
  ])('is told from one that an expression brings: %s', (text, expected) => {
    expect(hasLiteralSignature(text)).toBe(expected);
  });
});
