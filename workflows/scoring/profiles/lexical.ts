/**
 * Lower case without punctuation, apostrophes and hyphens inside words excepted: what Microsoft's guideline asks of the
 * transcripts of every language that is written with capitals ("Human-labeled transcriptions"). Numbers stay as they are.
 */
export function normaliseLexical(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .normalize('NFC')
    .replaceAll('\u2019', "'")
    .replaceAll(/(?<![\p{L}\p{M}\p{N}])['-]+|['-]+(?![\p{L}\p{M}\p{N}])/gu, ' ')
    .replaceAll(/[\p{P}\p{S}]/gu, (mark) => (mark === "'" || mark === '-' ? mark : ' '))
    .replaceAll(/\s+/gu, ' ')
    .trim();
}
