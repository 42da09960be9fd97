import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type TrainableKind, trainableKindNames } from '../workflows/language/trainable-kinds.ts';

export const trainableKindsFile = fileURLToPath(
  new URL('../workflows/language/trainable-kinds.gen.ts', import.meta.url),
);

/** Where Microsoft writes its table: the source of the page "Language and voice support", section "Custom speech". */
const documentationUrl =
  'https://raw.githubusercontent.com/MicrosoftDocs/azure-ai-docs/main/articles/ai-services/speech-service/includes/language-support/stt.md';

/** What the documentation calls the kinds. */
const kindsByText: Readonly<Record<string, TrainableKind>> = {
  'Audio + human-labeled transcript': 'Acoustic',
  Audio: 'AudioFiles',
  'Plain text': 'Language',
  'Structured text': 'LanguageMarkdown',
  'Output format': 'OutputFormatting',
  Pronunciation: 'Pronunciation',
};

/** A base model as `GET /models/base` lists it. */
export interface ListedBaseModel {
  readonly locale: string;
  readonly createdDateTime: string;
  readonly properties?: { readonly features?: { readonly supportsAdaptationsWith?: readonly string[] } };
}

/**
 * The module that says which kinds a locale can be trained with: by the documentation's text, and of locales of which base models are
 * given by the newest of these that says what it supports.
 */
export function trainableKindsModule(documentation: string, baseModels: readonly ListedBaseModel[] = []): string {
  const date = /^ms\.date: (\d\d)\/(\d\d)\/(\d{4})$/m.exec(documentation);
  if (date === null) throw new Error('Give the text of the page with its `ms.date`: there is none');
  const kinds = new Map(documentedKinds(documentation));
  if (kinds.size === 0) throw new Error('Give the text with the table "Custom speech support": no row was found');
  const byAge = baseModels.toSorted((a, b) => a.createdDateTime.localeCompare(b.createdDateTime));
  for (const { locale, properties } of byAge) {
    const supported = properties?.features?.supportsAdaptationsWith;
    if (supported !== undefined) kinds.set(locale, supported);
  }
  const groups = new Map<string, string[]>();
  for (const [locale, supported] of [...kinds].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const key = trainableKindNames.filter((kind) => supported.includes(kind)).join(' ');
    groups.set(key, [...(groups.get(key) ?? []), locale]);
  }
  const asked = baseModels.length === 0 ? '' : ', and by the base models of a Speech resource';
  const [, month, day, year] = date;
  return [
    `/** Made by scripts/generate-trainable-kinds.ts by "Language and voice support" of Microsoft Learn (speech to text)${asked}. */`,
    `export const trainableKindsDate = '${year}-${month}-${day}';`,
    '',
    '/** The locales that can be trained with the same kinds: the kinds, then the locales. */',
    'export const trainableKindGroups: readonly string[] = [',
    ...[...groups].map(([key, locales]) => `  '${key}: ${locales.join(' ')}',`),
    '];',
    '',
  ].join('\n');
}

/** The rows of the table with four columns, of which the last says what can be trained. */
function documentedKinds(documentation: string): readonly (readonly [locale: string, kinds: readonly string[]])[] {
  return documentation.split('\n').flatMap((line) => {
    const row = /^\| `([^`]+)` \|[^|]*\|[^|]*\|([^|]*)\|\s*$/.exec(line);
    if (row === null) return [];
    const [, locale = '', cell = ''] = row;
    const texts = cell.split('<br/>').map((text) => text.trim());
    return [[locale, texts.flatMap((text) => kindsByText[text] ?? [])] as const];
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { documentation: { type: 'string', default: documentationUrl }, 'base-models': { type: 'string' } },
  });
  const { documentation, 'base-models': listed } = values;
  const text = /^https?:/.test(documentation)
    ? await (await fetch(documentation)).text()
    : await readFile(documentation, 'utf8');
  // As the API answers, `{"values": [...]}`; several pages as one list.
  const answer = listed === undefined ? [] : (JSON.parse(await readFile(listed, 'utf8')) as unknown);
  const models = Array.isArray(answer) ? answer : (answer as { readonly values: readonly ListedBaseModel[] }).values;
  await writeFile(trainableKindsFile, trainableKindsModule(text, models as readonly ListedBaseModel[]));
}
