import { Command } from 'commander';
import { displayJson, displayText } from '../../report/display-text.ts';
import { checkDisplay, readDisplayTests } from '../../scoring/display-tests.ts';
import type { DisplayedPhrase } from '../../scoring/readers/azure-results.ts';
import { readDisplayedPhrases } from '../../scoring/readers/displayed-phrases.ts';
import { formatOption } from '../options.ts';
import { type Session, UsageError } from '../session.ts';
import { readText } from '../transcripts.ts';

/**
 * `speechops display TABLE`: whether what was recognised is displayed as a table of spoken and displayed words wants it. Works on local files
 * alone. Exits with 1 when a test fails or none of its words were heard.
 */
export function displayCommand(session: Session): Command {
  const { io } = session;
  return new Command('display')
    .argument(
      '<table>',
      'what is spoken, a tab, what is displayed, a line each; or a file of display formats with #test',
    )
    .requiredOption(
      '--hyp <file...>',
      'what was recognised: results of the service, or lexical text, a tab, display text',
    )
    .addOption(formatOption())
    .addHelpText(
      'after',
      `
A phrase counts for a line when it has the spoken words; it passes when it displays the wanted text, in itself or as a part.
Example: speechops display tests.tsv --hyp results/*.json

A line of the table:
  one oh two point seven	102.7`,
    )
    .action(async (table: string, options: { readonly hyp: readonly string[]; readonly format: 'text' | 'json' }) => {
      const read = readDisplayTests(await readText(table, io.cwd));
      if ('message' in read) throw new UsageError(`${table}:${read.line}: ${read.message}`);
      const phrases: DisplayedPhrase[] = [];
      for (const file of options.hyp) {
        const found = readDisplayedPhrases(await readText(file, io.cwd));
        if ('message' in found) throw new UsageError(`${file}:${found.line}: ${found.message}`);
        phrases.push(...found);
      }
      const outcomes = checkDisplay(read.tests, phrases);
      io.stdout.write(options.format === 'json' ? displayJson(outcomes) : displayText(outcomes, { table }));
      session.exitCode = outcomes.every(({ outcome }) => outcome === 'passed') ? 0 : 1;
    });
}
