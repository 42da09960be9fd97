import { checkLine } from './check-line.ts';
import type { ImportedDataset, ImportOptions } from './imported-dataset.ts';
import { LineReport } from './line-report.ts';
import { readLines } from './read-lines.ts';

/** Imports plain text: one utterance a line, at most 1.5 GB (Microsoft Learn, "Quotas and limits", S0). */
export async function importLanguage(path: string, options: ImportOptions): Promise<ImportedDataset> {
  const report = new LineReport();
  const sentences: string[] = [];
  for await (const { number, text } of readLines(path, MOST_BYTES)) {
    // Tabs are as good as spaces between words.
    const checked = checkLine(text.replaceAll('\t', ' '), options);
    if (checked.kind === 'rejected') {
      report.reject(`line ${number}`, text, checked.reason);
      continue;
    }
    report.accept();
    sentences.push(checked.text);
  }
  return report.imported({ sentences, clips: [], pronunciations: [] });
}

const MOST_BYTES = 1_500_000_000;
