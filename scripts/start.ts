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
    for (const [what, why] of [
      ['npm start', 'again: everything is reused, nothing is trained twice'],
      [
        'npx speechops report last',
        'what was measured and decided, and why; report.html beside it is a page of the same',
      ],
      ['npm run portal', 'the same on a page: recordings to play, rates, models, endpoints and runs'],
      ['npx speechops show last', 'the run, step by step, with its log'],
      [`${folder}/pipeline.yaml`, 'the pipeline; its README says how to put your own data in'],
      [
        `npx speechops plan ${folder}/pipeline.yaml --emulator --input max-wer=5%`,
        'what a run would do if you asked for more',
      ],
      ['npx speechops init ../calls', 'a project of your own'],
      ['npm run reset', 'empty the local Speech resource and start over'],
    ] as const)
      say(`  ${what}\n      ${why}`);
  }
  return exitCode;
}

function heading(text: string): string {
  return styleText('bold', text, { stream: process.stderr });
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
