import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';

/** Markdown as a reader sees it, by CommonMark and GitHub's extensions of it. */
export interface Rendered {
  readonly html: string;
  /** The names of the elements in their order, `code` aside: that is how dead text is shown. */
  readonly elements: readonly string[];
  /** All of the text. */
  readonly text: string;
  /** The text outside of `code`, which is where sites look for mentions, references and addresses. */
  readonly liveText: string;
}

export function renderMarkdown(markdown: string): Rendered {
  const html = micromark(markdown, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });
  const elements = [...html.matchAll(/<([a-z!][\w-]*)/gi)].map(([, name = '']) => name);
  return {
    html,
    elements: elements.filter((name) => name !== 'code'),
    text: textOf(html),
    liveText: textOf(html.replaceAll(/<code>[\s\S]*?<\/code>/g, '')),
  };
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

function textOf(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(amp|lt|gt|quot);/g, (whole, name: string) => entities[name] ?? whole);
}
