import { Command, Option } from 'commander';
import { quoteName } from '../../document/quote-name.ts';
import { StepFailure } from '../../engine/step-kind.ts';
import { archiveOf, type Reader, recognisedIn, transcriptIn } from '../../steps/test-set.ts';

import { findEvaluation } from '../connect/find-object.ts';
import { connectToResource } from '../runs/connect-to-resource.ts';
import { CheckFailure, type Session } from '../session.ts';

interface Options {
  readonly emulator?: boolean;
  readonly resource?: string;
  readonly of: 'model1' | 'model2' | 'reference';
}

/** `speechops results EVALUATION`: what an evaluation recognised, or what was said, in the form that `speechops score` reads. Changes nothing. */
export function resultsCommand(session: Session): Command {
  const { io } = session;
  return new Command('results')
    .argument('<evaluation>', 'its id, URL or display name')
    .addOption(
      new Option('--of <side>', 'whose texts: what the first or second model recognised, or what was said')
        .choices(['model1', 'model2', 'reference'])
        .default('model1'),
    )
    .option('--emulator', 'look at the embedded emulator, which keeps its data in .speechops/emulator')
    .option('--resource <id>', 'Azure resource id of the Speech resource')
    .addHelpText(
      'after',
      `
Prints a line for each recording: its name, a tab, the text.
Example:
  speechops results 5ae0ac4a-4b0f-4d6e-8b5e-0d1a9f4d7c11 --of reference > said.tsv
  speechops results 5ae0ac4a-4b0f-4d6e-8b5e-0d1a9f4d7c11 > heard.tsv
  speechops score --ref said.tsv --hyp heard.tsv --profile azure-en-US`,
    )
    .action(async (name: string, options: Options) => {
      const connection = await connectToResource(io, options);
      try {
        const report = (text: string): void => void io.stderr.write(`${text}\n`);
        const lines = await textsOf(name, {
          of: options.of,
          reader: { ports: connection.ports, signal: io.signal, report },
        });
        io.stdout.write(lines.map(([id, text]) => `${id}\t${text}\n`).join(''));
        session.exitCode = 0;
      } finally {
        await connection.close();
      }
    });
}

type Lines = readonly (readonly [recording: string, text: string])[];

async function textsOf(
  name: string,
  { of, reader }: { readonly of: Options['of']; readonly reader: Reader },
): Promise<Lines> {
  const { speech } = reader.ports;
  const all = await speech.evaluations.list({ signal: reader.signal });
  const evaluation = findEvaluation(name, all);
  if (of !== 'reference' && evaluation.status !== 'Succeeded') {
    throw new CheckFailure(
      `Choose an evaluation that is Succeeded: ${quoteName(evaluation.displayName)} is ${evaluation.status}`,
    );
  }
  try {
    if (of === 'reference') {
      const archive = await archiveOf(evaluation.dataset.self, reader);
      return (await transcriptIn(archive, reader)).map(({ file, text }) => line(file, text));
    }
    const recognised = await recognisedIn({ evaluation, side: of === 'model1' ? 1 : 2 }, reader);
    if (recognised.size === 0)
      throw new CheckFailure(
        `Evaluate the model again: evaluation ${quoteName(evaluation.displayName)} has no files of what was recognised`,
      );
    return [...recognised].map(([recording, text]) => line(recording, text ?? ''));
  } catch (error) {
    if (error instanceof StepFailure) throw new CheckFailure(error.message, { cause: error });
    throw error;
  }
}

/** Without the marks that end a field or a line. */
function line(recording: string, text: string): readonly [string, string] {
  const plain = (part: string): string => part.replaceAll(/[\t\r\n]+/g, ' ');
  return [plain(recording), plain(text)];
}
