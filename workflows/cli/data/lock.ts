import { Command } from 'commander';
import { counted } from '../../document/counted.ts';
import { escapeControls } from '../../document/quote-name.ts';
import type { LockOptions, WriteLocks } from '../locked-file.ts';
import { addInputOptions } from '../options.ts';
import type { Session } from '../session.ts';

/** `speechops data lock`: which datasets have the data of pipelines, in a file beside them. */
export function lockCommand(session: Session, { writeLocks }: { readonly writeLocks: WriteLocks }): Command {
  const { io } = session;
  return addInputOptions(
    new Command('lock')
      .description('Keep which datasets have the data of pipelines, in datasets.lock.yaml beside them.')
      .argument('<pipeline...>', 'the pipelines, YAML files')
      .option('--check', 'write nothing, and exit 1 where a file would change'),
  )
    .addHelpText(
      'after',
      `
Example:
  speechops run pipelines/calls.yaml && speechops data lock pipelines/calls.yaml
  speechops data lock pipelines/*.yaml --check

It has the digest of the data of each upload, and the datasets of the Speech resource with their lines and hours. Commit it with the
data: its versions in Git say which datasets were made of the data of which commit, and data forget finds these. What other resources
have of the same data stays in it. Neither plan nor run writes it; plan says where it is out of date.

Exit status: 0 written, or as it was, 1 with --check: it would change, or a pipeline has faults, 3 the Speech resource did not answer.`,
    )
    .action(async (files: readonly string[], options: LockOptions) => {
      const locked = await writeLocks([...new Set(files)], { ...options, io });
      if (locked === undefined) {
        session.exitCode = 1;
        return;
      }
      for (const { path, uploads, changes } of locked) {
        const done = changes.length === 0 ? 'as it was' : options.check === true ? 'would change' : 'written';
        io.stdout.write(`${escapeControls(`${path}: ${counted(uploads, 'upload')}, ${done}`)}\n`);
        for (const change of changes) io.stdout.write(`  ${escapeControls(change)}\n`);
      }
      if (options.check === true && locked.some(({ changes }) => changes.length > 0)) session.exitCode = 1;
    });
}
