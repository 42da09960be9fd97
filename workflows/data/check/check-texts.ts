import type { UploadWith } from '../../../schemas/types.gen.ts';
import type { CheckContext } from './check-context.ts';
import type { DataFile } from './data-file.ts';
import { readText } from './read-text.ts';

/** Checks a file of text, and answers how many lines the service counts in it. */
export type CheckText = (file: DataFile, context: CheckContext) => Promise<number>;

export const textChecks: Readonly<Record<Exclude<UploadWith['kind'], 'Acoustic' | 'AudioFiles'>, CheckText>> = {
  Language: checkPlainText,
  LanguageMarkdown: checkPlainText,
  Pronunciation: checkPlainText,
  OutputFormatting: checkPlainText,
};

async function checkPlainText(file: DataFile, { findings }: CheckContext): Promise<number> {
  let lines = 0;
  for await (const { text } of readText(file, { findings })) if (text.trim() !== '') lines += 1;
  return lines;
}
