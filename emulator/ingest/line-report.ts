import type { DatasetContent } from '../recognition/dataset-content.ts';
import type { ImportedDataset, ReportLine } from './imported-dataset.ts';

/** Counts the lines of one import and keeps what was wrong with the bad ones. */
export class LineReport {
  #accepted = 0;
  #rejected = 0;
  #unreported = 0;
  readonly #lines: ReportLine[] = [];

  accept(): void {
    this.#accepted += 1;
  }

  /** `place` is the audio file's name, or `line 12` in a text. */
  reject(place: string, inputText: string, reason: string): void {
    this.#rejected += 1;
    this.#keep({ filename: place, inputText: shorten(inputText), message: `Error: ${reason}.`, status: 'Failed' });
  }

  /** Something that was left aside and is not a line, such as audio without a transcript. */
  warn(place: string, reason: string): void {
    this.#keep({ filename: place, inputText: '', message: `Warning: ${reason}.`, status: 'Warning' });
  }

  imported(content: DatasetContent, durationMilliseconds = 0): ImportedDataset {
    if (this.#unreported > 0) {
      const message = `Warning: ${this.#unreported} more lines are not listed here.`;
      this.#lines.push({ filename: '', inputText: '', message, status: 'Warning' });
    }
    return {
      outcome: 'imported',
      acceptedLineCount: this.#accepted,
      rejectedLineCount: this.#rejected,
      durationMilliseconds,
      report: this.#lines,
      content,
    };
  }

  #keep(line: ReportLine): void {
    if (this.#lines.length < MOST_LINES) this.#lines.push(line);
    else this.#unreported += 1;
  }
}

/** A file in which nothing is right would otherwise be held in memory twice. */
const MOST_LINES = 10_000;
const LONGEST_TEXT = 500;

function shorten(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`;
}
