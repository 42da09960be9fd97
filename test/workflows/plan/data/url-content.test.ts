import { describe, expect, it } from 'vitest';
import { digestProperty } from '../../../../workflows/plan/identity.ts';
import type { Dataset } from '../../../../workflows/plan/speech-entities.ts';
import {
  compareContent,
  contentProperties,
  findFromUrl,
  readContentMark,
  signatureAdvice,
  type UrlContent,
  whyNotFetched,
  writeContentMark,
} from '../../../../workflows/plan/data/url-content.ts';

function dataset(name: string, content: UrlContent, change: Partial<Dataset> = {}): Dataset {
  return {
    self: `https://speech/datasets/${name}`,
    displayName: name,
    locale: 'en-US',
    kind: 'Language',
    status: 'Succeeded',
    createdDateTime: '2026-01-01T00:00:00Z',
    lastActionDateTime: '2026-01-01T00:00:00Z',
    customProperties: { [digestProperty]: 'd', ...contentProperties(content) },
    ...change,
  };
}

describe('two answers of a server', () => {
  it.each<[string, UrlContent, UrlContent, string]>([
    ['the same MD5 under another ETag', { md5: 'a', etag: '1' }, { md5: 'a', etag: '2' }, 'MD5'],
    ['another MD5 under the same ETag', { md5: 'a', etag: '1' }, { md5: 'b', etag: '1' }, 'changed'],
    ['the same ETag', { etag: '1', bytes: 1 }, { etag: '1', bytes: 1 }, 'ETag'],
    ['the same ETag, now weak', { etag: '"a"', bytes: 1 }, { etag: 'W/"a"', bytes: 2 }, 'ETag'],
    ['the same ETag, weak before', { etag: 'W/"a"' }, { etag: '"a"' }, 'ETag'],
    ['another weak ETag', { etag: 'W/"a"' }, { etag: 'W/"b"' }, 'changed'],
    ['another ETag', { etag: '1', bytes: 1 }, { etag: '2', bytes: 1 }, 'changed'],
    ['the same length', { bytes: 1, md5: 'a' }, { bytes: 1, etag: '1' }, 'length'],
    ['another length', { bytes: 1 }, { bytes: 2 }, 'changed'],
    ['nothing in common', { md5: 'a' }, { etag: '1' }, 'nothing'],
    ['no answer', { md5: 'a' }, { reason: 'answers 403 here' }, 'nothing'],
  ])('are compared by the best of both: %s', (_, then, now, expected) => {
    expect(compareContent(then, now)).toBe(expected);
  });

  it('are kept as a text of at most 256 characters', () => {
    const content = { md5: 'a', etag: '"0x8D"', bytes: 12 };
    expect(readContentMark(writeContentMark(content))).toEqual(content);
    expect(writeContentMark({ etag: 'x'.repeat(300) })).toBeUndefined();
    expect(writeContentMark({ reason: 'answers 403 here' })).toBeUndefined();
  });

  it.each(['', 'nonsense', 'null', '[]', '{"md5":1,"bytes":"x"}'])('are empty when a person wrote %s', (text) => {
    expect(readContentMark(text)).toEqual({});
  });
});

describe('the dataset of a URL', () => {
  it('is the one whose content the URL still has', () => {
    const datasets = [dataset('old', { etag: '1' }), dataset('new', { etag: '2' })];
    expect(findFromUrl(datasets, { digest: 'd', content: { etag: '2' } })).toMatchObject({
      entity: { displayName: 'new' },
      comparison: 'ETag',
    });
    expect(findFromUrl(datasets, { digest: 'd', content: { etag: '3' } })).toBeUndefined();
    expect(findFromUrl(datasets, { digest: 'e', content: { etag: '2' } })).toBeUndefined();
  });

  it('is the one that the URL was last seen to hold when nothing can be compared, and of several such the oldest', () => {
    const later = { createdDateTime: '2026-02-01T00:00:00Z' };
    const datasets = [
      dataset('old', { etag: '1' }),
      dataset('new', { etag: '2' }, later),
      dataset('newer', { etag: '2' }, { createdDateTime: '2026-03-01T00:00:00Z' }),
      dataset('failed', { etag: '3' }, { status: 'Failed', createdDateTime: '2026-04-01T00:00:00Z' }),
    ];
    const found = findFromUrl(datasets, { digest: 'd', content: { reason: 'answers 403 here' } });
    expect(found).toMatchObject({ entity: { displayName: 'new' }, comparison: 'nothing' });
  });

  it('may have been made before content was compared', () => {
    const old = [dataset('old', {})];
    expect(findFromUrl(old, { digest: 'd', content: { etag: '1' } })).toMatchObject({ comparison: 'nothing' });
  });
});

describe('a signed URL', () => {
  const at = '2026-06-01T00:00:00Z';
  it.each([
    ['https://a/c/x?se=2020-01-01T10:30Z&sig=1', 'its signature ended on 2020-01-01 10:30 UTC'],
    [
      'https://a/c?sr=c&se=2030-01-01&sig=1',
      'its signature (sr=c) is for a container, and a dataset is one blob in it',
    ],
    ['https://a/c/x?sr=c&se=2030-01-01&sig=1', undefined],
    ['https://a/c/x?se=2030-01-01&sig=1', undefined],
    ['https://a/c/x?se=2020-01-01', undefined],
  ])('tells why it cannot be fetched: %s', (url, expected) => {
    expect(whyNotFetched(url, at)).toBe(expected);
  });

  it('tells when it opens more than is needed', () => {
    expect(signatureAdvice('https://a/c/x?sr=c&sig=1')).toContain('opens the whole container');
    expect(signatureAdvice('https://a/c/x?sr=b&sig=1')).toBeUndefined();
  });
});
