import { styleText } from 'node:util';
import { main } from '../workflows/cli/main.ts';

/** The main job, shown: the example pipeline from a checked-in file against the embedded emulator. */
const pipeline = 'examples/call-center/pipeline.yaml';
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const title = (text: string): string => styleText('bold', text, { stream: process.stderr });

say(title('SpeechOps keeps the model behind an Azure Custom Speech endpoint good, from a pipeline in your repository.'));
say(`This runs ${pipeline} against a local Speech resource: upload real audio and domain text, measure the word`);
say('error rate of what production serves, retrain because it is above 15 %, prove the new model is better, swap it in.');
say('');

const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort(new Error('Interrupted')));
process.exitCode = await main(['run', pipeline, '--emulator'], {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: interrupt.signal,
});

if (process.exitCode === 0) {
  say('');
  say(title('Next'));
  say('  npm start                                     again: everything is reused, nothing is trained twice');
  say(`  npx speechops plan ${pipeline} --emulator    what a run would do now`);
  say('  examples/call-center/README.md                the pipeline and its data, and how to use your own');
  say('  npm run reset                                 empty the local Speech resource and start over');
}
