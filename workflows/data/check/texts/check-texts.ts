import type { UploadWith } from '../../../../schemas/types.gen.ts';
import type { CheckContext, Tier } from '../check-context.ts';
import { checkDisplayFormats } from './check-display-formats.ts';
import { checkLanguage } from './check-language.ts';
import { checkPronunciations } from './check-pronunciations.ts';
import { checkStructuredText } from './check-structured-text.ts';
import type { DataFile } from '../reading/data-file.ts';

type TextKind = Exclude<UploadWith['kind'], 'Acoustic' | 'AudioFiles'>;

/** Checks a file of text, and answers how many lines the service counts in it. One that is too large is not read. */
export async function checkTextFile(
  file: DataFile,
  context: CheckContext & { readonly kind: TextKind },
): Promise<number> {
  const { kind, findings, tier = 'S0' } = context;
  const { most, fewer, check } = textKinds[kind];
  const at = { path: file.path };
  if (file.bytes > most[tier]) {
    const free = tier === 'S0' && most.F0 < most.S0 ? { free: most.F0 } : {};
    findings.report('text-too-large', at, { bytes: file.bytes, most: most[tier], kind, tier, ...free });
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
  readonly most: Readonly<Record<Tier, number>>;
  /** How many it takes by another page. */
  readonly fewer?: number;
  readonly check: (file: DataFile, context: CheckContext) => Promise<number>;
}

const MB = 2 ** 20;

/** Sizes by Microsoft Learn, "Training and testing datasets" and "Quotas and limits", which differ for plain text. */
const textKinds: Readonly<Record<TextKind, TextRules>> = {
  Language: { most: { S0: 1_500_000_000, F0: 200 * MB }, fewer: 200 * MB, check: checkLanguage },
  LanguageMarkdown: { most: { S0: 200 * MB, F0: 200 * MB }, check: checkStructuredText },
  Pronunciation: { most: { S0: MB, F0: 1024 }, check: checkPronunciations },
  OutputFormatting: { most: { S0: 10 * MB, F0: 10 * MB }, check: checkDisplayFormats },
};
