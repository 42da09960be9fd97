import { createHash } from 'node:crypto';
import { renderToString } from 'preact-render-to-string';
import { shownText } from './views/shown-text.ts';
import { markup, type View } from './views/markup.ts';
import { pageScript } from './page-script.gen.ts';
import { pageStyle } from './page-style.ts';

/**
 * A page in one file, which loads nothing but the audio that a reader plays. Its policy forbids everything else: the only script
 * and the only style are its own, by their digests.
 */
export function pageHtml({
  title,
  body,
  data = [],
  audio = [],
}: {
  readonly title: string;
  readonly body: View;
  /** What the script reads, in the order of what shows it. Without any there is no script. */
  readonly data?: readonly object[];
  /** Addresses of audio, relative ones and others. */
  readonly audio?: readonly string[];
}): string {
  const sources = mediaSources(audio);
  const policy = [
    "default-src 'none'",
    `style-src ${digestOf(pageStyle)}`,
    ...(data.length === 0 ? [] : [`script-src ${digestOf(pageScript)}`, "require-trusted-types-for 'script'"]),
    ...(sources.length === 0 ? [] : [`media-src ${sources.join(' ')}`]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    renderToString(markup`<meta http-equiv="Content-Security-Policy" content=${policy} />`),
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    rendered(markup`<title>${shownText(title)}</title>`),
    `<style>${pageStyle}</style>`,
    '</head>',
    '<body>',
    rendered(markup`<main>${body}</main>`),
    ...data.map((one) => dataElement(one)),
    ...(data.length === 0 ? [] : [`<script>${pageScript}</script>`]),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** A page may be printed in a job, whose log takes `##[` and `##vso[` for commands: there is no `##` in it. */
function rendered(view: View): string {
  return renderToString(view).replaceAll('##', '#&#35;');
}

function digestOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** In JSON a `<` may be written as an escape, so that no text ends the element. */
function dataElement(data: object): string {
  const json = JSON.stringify(data).replaceAll(/[<>&#\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
  return `<script type="application/json">${json}</script>`;
}

/** Where audio comes from: beside the page, also when that is opened as a file, and the origins of the others. */
function mediaSources(audio: readonly string[]): readonly string[] {
  const origins = audio.map((address) => (/^https?:/i.test(address) ? new URL(address).origin : "'self' file:"));
  return [...new Set(origins)].toSorted();
}
