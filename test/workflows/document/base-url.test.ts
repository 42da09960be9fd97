import { expect, it } from 'vitest';
import { isPlainHost } from '../../../workflows/document/base-url.ts';

it.each([
  ['https://west.example.com', true],
  ['https://west.example.com/straße', true],
  // Read as `west.example.com`.
  ['https://ｗest.example.com', false],
  ['https://wеst.example.com', false],
  ['https://xn--wst-qdd.example.com', false],
])('the host of %s is plain: %s', (url, isPlain) => expect(isPlainHost(url)).toBe(isPlain));
