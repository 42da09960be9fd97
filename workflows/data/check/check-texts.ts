import type { UploadWith } from '../../../schemas/types.gen.ts';
import type { CheckContext } from './check-context.ts';
import { checkDisplayFormats } from './check-display-formats.ts';
import { checkLanguage } from './check-language.ts';
import { checkPronunciations } from './check-pronunciations.ts';
import { checkStructuredText } from './check-structured-text.ts';
import type { DataFile } from './data-file.ts';

type TextKind = Exclude<UploadWith['kind'], 'Acoustic' | 'AudioFiles'>;

/** Checks a file of text, and answers how many lines the service counts in it. One that is too large is not read. */
export async function checkTextFile(
  file: DataFile,
  context: CheckContext & { readonly kind: TextKind },
): Promise<number> {
  const { kind, findings } = context;
  const { most, fewer, free, check } = textKinds[kind];
  const at = { path: file.path };
  if (file.bytes > most) {
    findings.report('text-too-large', at, { bytes: file.bytes, most, kind, ...(free === undefined ? {} : { free }) });
    return 0;
  }
  if (fewer !== undefined && file.bytes > fewer) findings.report('large-text', at, { bytes: file.bytes });
  const before = findings.found();
  const lines = await check(file, context);
  const isSilent = !findings.found().isRefused && !before.isRefused;
  if (lines === 0 && file.bytes > 0 && isSilent)
    findings.report('no-data', at, { what: 'no line of the file has data' });
  return lines;
}

interface TextRules {
  /** How many bytes the service takes. */
  readonly most: number;
  /** How many it takes by another page. */
  readonly fewer?: number;
  /** How much it takes on the free tier, where that is told. */
  readonly free?: string;
  readonly check: (file: DataFile, context: CheckContext) => Promise<number>;
}

/** Sizes by Microsoft Learn, "Training and testing datasets" and "Quotas and limits", which differ for plain text. */
const textKinds: Readonly<Record<TextKind, TextRules>> = {
  Language: { most: 1_500_000_000, fewer: 200 * 2 ** 20, check: checkLanguage },
  LanguageMarkdown: { most: 200 * 2 ** 20, check: checkStructuredText },
  Pronunciation: { most: 2 ** 20, free: '1 KB', check: checkPronunciations },
  OutputFormatting: { most: 10 * 2 ** 20, check: checkDisplayFormats },
};
