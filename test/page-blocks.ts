/** A block of code of a Markdown page. */
export interface PageBlock {
  /** What stands behind the fence: `sh`, `yaml`, `text`. */
  readonly language: string;
  readonly text: string;
  /** The heading of the second level that it stands under. */
  readonly section: string;
}

/** The blocks of code of a page, in their order. */
export function blocksOf(page: string): readonly PageBlock[] {
  return page.split(/^## /m).flatMap((part) =>
    [...part.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language = '', text = '']) => ({
      language,
      text,
      section: /^.*/.exec(part)?.[0] ?? '',
    })),
  );
}

/** The commands of a block for a shell, without comments; those that `&&` joins are several. */
export function commandsOf({ text }: PageBlock): readonly string[] {
  return text
    .split(/\n|&&/)
    .map((line) => line.replace(/ {2,}#.*/, '').trim())
    .filter((line) => line !== '');
}

/** A screen without what differs from run to run: times, how often a swap asked in that time, and the folder of the person who is shown. */
export function timeless(screen: string): string {
  return screen
    .replaceAll(/\d+\.\d s\b/g, '… s')
    .replaceAll(/\d+ recognitions/g, '… recognitions')
    .replaceAll(/^In .*\/(\w+):$/gm, 'In …/$1:')
    .trimEnd();
}
