import { expect, it } from 'vitest';
import { otherLine, withOther } from '../../../../workflows/report/review/other-requests.ts';

const other = { number: 12, title: 'x](y) @all', url: 'https://example.com/12', endpoints: ['ward'] };
const place = { numberSign: '!', most: 1000 } as const;
const body = '<!-- state -->\n\n### speechops: `p`\n\n**Would swap `ward`**\n\nrest\n';

it('is one line, in which names are dead', () => {
  expect(otherLine(other, { numberSign: '!' })).toBe(
    '> **Also under way:** [!12](<https://example.com/12>) `x](y) @all` would swap `ward`, too: whichever lands second has to plan anew.',
  );
  expect(otherLine({ ...other, url: 'javascript:alert(1)' }, { numberSign: '#' })).toContain(
    '**Also under way:** #12 `',
  );
});

it('is put below the headline of another comment once, changed and taken out', () => {
  const told = withOther(body, other, place) ?? '';
  expect(told).toBe(body.replace('\n\nrest', `\n\n${otherLine(other, place)}\n\nrest`));
  expect(withOther(told, other, place)).toBeUndefined();
  const changed = withOther(told, { ...other, endpoints: ['ward', 'calls'] }, place) ?? '';
  expect(changed.match(/Also under way/g)).toHaveLength(1);
  expect(changed).toContain('`ward`, `calls`');
  expect(withOther(changed, { ...other, endpoints: [] }, place)).toBe(body);
  expect(withOther(body, { ...other, endpoints: [] }, place)).toBeUndefined();
});

it('leaves a comment alone that has no headline, or no room', () => {
  expect(withOther('Two jobs made this comment at once', other, place)).toBeUndefined();
  expect(withOther(body, other, { ...place, most: body.length + 5 })).toBeUndefined();
});
