import { findState } from '../../workflows/report/review/comment-state.ts';
import { reviewComment, type ReviewForm } from '../../workflows/report/review/review-comment.ts';
import { hostileReview } from '../workflows/report/review/review-of.ts';
import type { Draws } from './draws.ts';
import { type FuzzLane, fuzzDocuments } from './fuzz-lane.ts';
import { hostileTexts } from './hostile-texts.ts';
import { mutateText, smallerTexts } from './mutate.ts';
import { renderMarkdown } from './rendered-markdown.ts';
import { isUnprintable } from './sane-diagnostics.ts';

/**
 * Names of strangers in the comment on a pull request: they add no element, link, mention, reference or command, end nothing of
 * ours, and the comment remembers what it is.
 */
export const fuzzComments: FuzzLane = async (options) =>
  await fuzzDocuments({ draw, check, smaller, show: (names) => JSON.stringify(names) }, options);

/** What the hosts take for something, besides what all lanes know. */
const ofHosts = [
  '-->',
  '<!-- speechops-comment-1 ',
  '@acme',
  '#12',
  '!7',
  'GH-3',
  '/close',
  '/merge\n',
  '</details>',
  '</summary>',
  '```',
  '~~~\n',
  '[x](y)',
  '![x](https://example.com/x.png)',
  'https://example.com',
  'www.example.com',
  'a@example.com',
  '[speechops]: # "',
  '"]',
  '%%{init: {}}%%',
  'click s0 "javascript:x"',
  ':::fault',
];

/** So many in one document: it takes as long for one. */
const namesInOne = 8;

function draw(draws: Draws): readonly string[] {
  return Array.from({ length: namesInOne }, () => drawName(draws));
}

function drawName(draws: Draws): string {
  const parts = draws.several(5, () => {
    if (draws.chance(0.2)) return ` word${draws.below(10)} `;
    return draws.pick(draws.chance(0.4) ? ofHosts : hostileTexts);
  });
  const name = parts.join(draws.pick(['', ' ', '\n']));
  return draws.chance(0.2) ? mutateText(name, { draws, pieces: [...hostileTexts, ...ofHosts] }) : name;
}

function* smaller(names: readonly string[]): Iterable<readonly string[]> {
  for (const [index, name] of names.entries())
    for (const shorter of smallerTexts(name)) yield names.with(index, shorter);
}

const html: ReviewForm = { room: { most: 65_536, unit: 'characters' }, html: true, mermaid: true, numberSign: '#' };
const plain: ReviewForm = { room: { most: 32_768, unit: 'characters' }, html: false, mermaid: false, numberSign: '#' };

function check(names: readonly string[]): string | undefined {
  // Each is as good for half of the names, and both take twice as long.
  const { form, wanted } = forms[names.join('').length % 2]!;
  // A name of blanks alone is shown as nothing, where another one has something.
  const written = reviewComment(hostileReview(names.map((name) => `x${name}`)), form);
  const shown = partsOf(written);
  if (shown.elements !== wanted.elements) return `elements of its own: ${written}`;
  if (shown.links.some((link) => !link.startsWith('https://example.com/'))) return `a link of its own: ${shown.links}`;
  if (shown.liveText !== wanted.liveText) return `text that is not dead: ${shown.liveText}`;
  if (written.split('\n').some((line) => line.startsWith('/'))) return `a command to GitLab: ${written}`;
  if (isUnprintable(written)) return 'characters that must not be printed';
  if (written.length > form.room.most) return `${written.length} characters`;
  return findState(written)?.history.length === 2 ? undefined : `it does not remember: ${written.slice(0, 200)}`;
}

const forms = [html, plain].map((form) => ({ form, wanted: partsOf(reviewComment(hostileReview(['x']), form)) }));

function partsOf(markdown: string): {
  readonly elements: string;
  readonly links: readonly string[];
  readonly liveText: string;
} {
  const rendered = renderMarkdown(markdown);
  // Graphs are code with a language.
  const live = rendered.html
    .replaceAll(/<pre>[\s\S]*?<\/pre>/g, '')
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .replaceAll(/<code>[\s\S]*?<\/code>/g, '')
    .replaceAll(/<[^>]*>/g, '');
  return {
    elements: rendered.elements.join(' '),
    links: [...rendered.html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link = '']) => link),
    // Pipes of a name stand between its code.
    liveText: live.replaceAll(/[|\s]+/g, ' ').replaceAll(/ +(?=[,.:)])/g, ''),
  };
}
