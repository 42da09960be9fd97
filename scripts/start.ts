import { existsSync } from 'node:fs';
import { styleText } from 'node:util';
import { runProgram } from '../workflows/cli/run-program.ts';
import type { ExitCode, Io } from '../workflows/cli/session.ts';

/** The main job, shown: the example's checked-in pipeline against the embedded emulator. */
const folder = 'examples/call-center';
await runProgram(async (io) => await start(io));

async function start(io: Io): Promise<ExitCode> {
  say(
    heading(
      'SpeechOps keeps the model behind an Azure Custom Speech endpoint good, from a pipeline in your repository.',
    ),
  );
  say('Here against a local Speech resource, with real recordings of a call centre. Nothing leaves this machine.');

  // The program takes seconds to load on a fresh clone, where nothing is compiled yet: people read meanwhile.
  const { main } = await import('../workflows/cli/main.ts');

  let exitCode: ExitCode = 0;
  if (!existsSync('.speechops/emulator')) {
    say('');
    say(heading('First, what `cdktf deploy` does once in Azure: the endpoint, on the newest base model'));
    exitCode = await main(['run', `${folder}/create-endpoint.yaml`, '--emulator'], io);
  }
  if (exitCode === 0) {
    say('');
    say(
      heading(`Then ${folder}/pipeline.yaml: upload, evaluate, retrain when the word error rate is above 15 %, swap`),
    );
    exitCode = await main(['run', `${folder}/pipeline.yaml`, '--emulator'], io);
  }
  if (exitCode === 0) {
    say('');
    say(heading('Next'));
    say('  npm start                        again: everything is reused, nothing is trained twice');
    say(`  ${folder}/pipeline.yaml`.padEnd(34) + ' the pipeline; its README says how to put your own data in');
    say(`  npx speechops plan ${folder}/pipeline.yaml --emulator --input max-wer=5%`);
    say('                                   what a run would do if you asked for more');
    say('  npm run reset                    empty the local Speech resource and start over');
  }
  return exitCode;
}

function heading(text: string): string {
  return styleText('bold', text, { stream: process.stderr });
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
