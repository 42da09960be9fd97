export type Sku = 'S0' | 'F0';

/** What a resource may hold (Microsoft Learn: Speech service quotas and limits, 30 January 2026). */
export interface Quotas {
  readonly datasets: number;
  readonly endpoints: number;
  /** Bytes of one dataset's content. */
  readonly fileBytes: Readonly<Record<DatasetKind, number>>;
  /** How long an endpoint lives, in days. */
  readonly endpointDays: number;
  /** Recognitions at a time on one endpoint, and on the base models. */
  readonly concurrentRecognitions: number;
}

export type DatasetKind = (typeof datasetKinds)[number];

export const datasetKinds = [
  'Language',
  'Acoustic',
  'Pronunciation',
  'AudioFiles',
  'LanguageMarkdown',
  'OutputFormatting',
] as const;

const MB = 1024 ** 2;

/** The limits of output formatting data, audio files and structured text are those of the data articles. */
export const quotasOf: Readonly<Record<Sku, Quotas>> = {
  F0: {
    datasets: 2,
    endpoints: 1,
    endpointDays: 7,
    concurrentRecognitions: 1,
    fileBytes: {
      Acoustic: 2048 * MB,
      AudioFiles: 2048 * MB,
      Language: 200 * MB,
      LanguageMarkdown: 200 * MB,
      Pronunciation: 1024,
      OutputFormatting: 10 * MB,
    },
  },
  S0: {
    datasets: 500,
    endpoints: 50,
    endpointDays: Infinity,
    concurrentRecognitions: 100,
    fileBytes: {
      Acoustic: 2048 * MB,
      AudioFiles: 2048 * MB,
      Language: 1536 * MB,
      LanguageMarkdown: 200 * MB,
      Pronunciation: 1 * MB,
      OutputFormatting: 10 * MB,
    },
  },
};
