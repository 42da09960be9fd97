import type { DatasetContent } from '../recognition/dataset-content.ts';

export type DatasetKind =
  | 'Acoustic'
  | 'AudioFiles'
  | 'Language'
  | 'LanguageMarkdown'
  | 'OutputFormatting'
  | 'Pronunciation';

export interface ImportOptions {
  readonly kind: DatasetKind;
  /** BCP 47, as in `en-US`. */
  readonly locale: string;
  /** `None`: the text is lexical already and is left as it is. */
  readonly textNormalizationKind: 'Default' | 'None';
}

/** A dataset that holds something: at least one line, or one recording, was accepted. */
export interface ImportedDataset {
  readonly outcome: 'imported';
  readonly acceptedLineCount: number;
  readonly rejectedLineCount: number;
  /** Of the accepted audio; 0 for text. */
  readonly durationMilliseconds: number;
  /** What was rejected or left aside, in the order of the file. */
  readonly report: readonly ReportLine[];
  readonly content: DatasetContent;
}

/** A dataset that becomes Failed. The code is one of the API's DetailedErrorCode. */
export interface ImportFailure {
  readonly outcome: 'failed';
  readonly code: 'DataImportFailed' | 'NoUtf8WithBom';
  readonly message: string;
}

/** One line of the dataset's `report.json`, as the portal shows it. */
export interface ReportLine {
  readonly filename: string;
  readonly inputText: string;
  readonly message: string;
  readonly status: 'Failed' | 'Warning';
}

/** Ends the import of a dataset from within; {@link importDataset} turns it into the failure it carries. */
export class ImportRefusal extends Error {
  override readonly name = 'ImportRefusal';
  readonly code: ImportFailure['code'];

  constructor(message: string, code: ImportFailure['code'] = 'DataImportFailed') {
    super(message);
    this.code = code;
  }
}
