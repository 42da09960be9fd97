import { nearestName } from '../../../document/nearest-name.ts';
import { CharacterChecks } from './check-characters.ts';
import type { CheckContext } from '../check-context.ts';
import type { DataFile } from '../reading/data-file.ts';
import type { DataFindings, DataPlace } from '../data-findings.ts';
import { itnFault } from './itn-pattern.ts';
import { readText } from '../reading/read-text.ts';

/** The sections, and how many lines each may have. */
const sections: Readonly<Record<string, number>> = {
  itn: 200,
  rewrite: 1000,
  profanity: 1000,
  test: Number.POSITIVE_INFINITY,
};

/** Checks rules of how text is displayed, and answers how many lines the sections have together. */
export async function checkDisplayFormats(file: DataFile, context: CheckContext): Promise<number> {
  const { findings } = context;
  const characters = new CharacterChecks(findings);
  const counts = new Map<string, number>();
  const rewrites = new Map<string, { readonly to: string; readonly line: number }>();
  let section: string | undefined;
  /** Of a section that is unknown, its heading is the fault. */
  let isUnknown = false;
  let lines = 0;
  for await (const { number, text } of readText(file, { ...context, takes: 'one text file' })) {
    const line = text.trim();
    if (line === '' || line.startsWith('//')) continue;
    const at = { path: file.path, line: number, text };
    if (line.startsWith('#')) {
      const name = line.slice(1).trim();
      section = name.toLowerCase();
      isUnknown = !Object.hasOwn(sections, section);
      if (!isUnknown) continue;
      lines += 1;
      const nearest = nearestName(name.slice(0, 60), Object.keys(sections));
      findings.report('unknown-section', at, { name, ...(nearest === undefined ? {} : { nearest }) });
      continue;
    }
    if (isUnknown) continue;
    lines += 1;
    if (characters.check(at) === 'none') continue;
    if (section === undefined) {
      findings.report('stray-line', at, {
        where: 'no section',
        hint: 'Write it under #itn, #rewrite, #profanity or #test',
      });
      continue;
    }
    const count = (counts.get(section) ?? 0) + 1;
    counts.set(section, count);
    const most = sections[section] ?? 0;
    if (count > most) findings.report('full-section', at, { section, most });
    else checkLine(line, { at, section, findings, rewrites });
  }
  characters.close();
  return lines;
}

interface Place {
  readonly at: DataPlace & { readonly line: number; readonly text: string };
  readonly section: string;
  readonly findings: DataFindings;
  readonly rewrites: Map<string, { readonly to: string; readonly line: number }>;
}

function checkLine(line: string, { at, section, findings, rewrites }: Place): void {
  const from = at.text.indexOf(line) + 1;
  if (section === 'itn') {
    const fault = itnFault(line);
    if (fault === undefined) return;
    const column = from + fault.index;
    findings.report('itn-pattern', { ...at, column, endColumn: column + fault.length }, { why: fault.why });
    return;
  }
  if (section === 'profanity') {
    const mark = /[.,?、!:;？。，¿¡।؟،\t]/u.exec(line);
    if (mark === null) return;
    const column = from + mark.index;
    findings.report('profanity-punctuation', { ...at, column, endColumn: column + 1 }, { found: mark[0] });
    return;
  }
  const [original = '', changed = '', ...more] = at.text.split('\t', 4).map((part) => part.trim());
  const tabs = at.text.includes('\t') ? 'it has more than one tab' : 'it has no tab';
  const why =
    !at.text.includes('\t') || more.length > 0
      ? tabs
      : original === '' || changed === ''
        ? 'one of its two parts is empty'
        : undefined;
  if (why !== undefined) {
    findings.report('display-pair', at, { section, why });
    return;
  }
  if (section !== 'rewrite') return;
  const before = rewrites.get(original.toLowerCase());
  if (before !== undefined && before.to !== changed)
    findings.report('other-rewrite', at, { original, to: before.to, line: before.line });
  rewrites.set(original.toLowerCase(), { to: changed, line: at.line });
}
