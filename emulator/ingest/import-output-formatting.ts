import type { ImportedDataset, ImportOptions } from './imported-dataset.ts';
import { LineReport } from './line-report.ts';
import { readLines } from './read-lines.ts';

/**
 * Imports display format rules: the lines are checked and counted, and do not change what is recognised. Sections and
 * their limits: Microsoft Learn, "Training and testing datasets".
 */
export async function importOutputFormatting(path: string, _options: ImportOptions): Promise<ImportedDataset> {
  const report = new LineReport();
  let section: string | undefined;
  const counts = new Map<string, number>();
  for await (const { number, text } of readLines(path, MOST_BYTES)) {
    const line = text.trim();
    if (line.startsWith('//')) continue;
    if (line.startsWith('#')) {
      section = line.slice(1).trim().toLowerCase();
      continue;
    }
    const count = (counts.get(section ?? '') ?? 0) + 1;
    counts.set(section ?? '', count);
    const fault = faultIn(line, { section, count });
    if (fault === undefined) report.accept();
    else report.reject(`line ${number}`, text, fault);
  }
  return report.imported({ sentences: [], clips: [], pronunciations: [] });
}

const MOST_BYTES = 10_485_760;

interface Section {
  readonly mostLines: number;
  readonly needsTab: boolean;
}

const SECTIONS: ReadonlyMap<string, Section> = new Map([
  ['itn', { mostLines: 200, needsTab: false }],
  ['rewrite', { mostLines: 1000, needsTab: true }],
  ['profanity', { mostLines: 1000, needsTab: false }],
  ['test', { mostLines: Number.MAX_SAFE_INTEGER, needsTab: true }],
]);

function faultIn(
  line: string,
  place: { readonly section: string | undefined; readonly count: number },
): string | undefined {
  const allowed = [...SECTIONS.keys()].map((name) => `#${name}`).join(', ');
  if (place.section === undefined) return `the line is in no section: ${allowed} are allowed`;
  const section = SECTIONS.get(place.section);
  if (section === undefined) return `the section "${place.section}" is unknown: ${allowed} are allowed`;
  if (place.count > section.mostLines) return `#${place.section} has more than ${section.mostLines} lines`;
  return section.needsTab && !line.includes('\t')
    ? `a line of #${place.section} needs a tab between its two parts`
    : undefined;
}
