import type { Command } from 'commander';
import type { Session } from './session.ts';

/** A command as the list of all commands shows it. */
export interface ListedCommand {
  /** What it is for, in a sentence or two. */
  readonly description: string;
  /** What it takes and does. */
  load(): Promise<(session: Session) => Command>;
}

/** In the order in which a newcomer needs them. What a command needs takes longer to load than all of them to list. */
export const commandList: Readonly<Record<string, ListedCommand>> = {
  init: {
    description: 'Write a project: a pipeline, data to try it with, and what it needs. Files that are there are kept.',
    load: async () => (await import('./commands/init.ts')).initCommand,
  },
  lint: {
    description: 'Check pipelines: their keys, names, types, files and order; and environment.yaml.',
    load: async () => (await import('./commands/lint.ts')).lintCommand,
  },
  plan: {
    description:
      'Show what each step of a pipeline would do: create, update, delete, reuse, adopt, skip, decide at run time, or fail.',
    load: async () => (await import('./commands/plan.ts')).planCommand,
  },
  run: {
    description: 'Run a pipeline: do what its steps say and is not there yet, as plan shows it.',
    load: async () => (await import('./commands/run.ts')).runCommand,
  },
  resume: {
    description: 'Resume a run that was abandoned, stopped, cancelled or failed; what is done already is kept.',
    load: async () => (await import('./commands/resume.ts')).resumeCommand,
  },
  approve: {
    description:
      'Answer an approve step of a run. The first answer counts, and may come before the step asks; after a no that failed the run, the next one counts when it is resumed.',
    load: async () => (await import('./commands/approve.ts')).approveCommand,
  },
  approvals: {
    description:
      'List the approve steps that wait for an answer, the longest-waiting run first, with the command that gives it.',
    load: async () => (await import('./commands/approvals.ts')).approvalsCommand,
  },
  cancel: {
    description:
      'End a run where it stands. Its steps under `finally` are still done; to leave them out, cancel it again. A cancelled run can be resumed (speechops resume).',
    load: async () => (await import('./commands/cancel.ts')).cancelCommand,
  },
  runs: {
    description: 'List runs, newest first.',
    load: async () => (await import('./commands/runs.ts')).runsCommand,
  },
  show: {
    description: 'Show a run: its steps, what came out, how long they took, what it waits for, and its log.',
    load: async () => (await import('./commands/runs.ts')).showCommand,
  },
  report: {
    description:
      'Write the evidence of a run again, as text, Markdown, JSON or a page; of several runs how their rates went.',
    load: async () => (await import('./commands/report.ts')).reportCommand,
  },
  comment: {
    description:
      'Tell a pull request what a saved plan would do, in one comment for each environment that is kept up to date.',
    load: async () => (await import('./commands/comment.ts')).commentCommand,
  },
  fork: {
    description: 'Start a new run from a step of another one: what that one did before the step is kept.',
    load: async () => (await import('./commands/resume.ts')).forkCommand,
  },
  submit: {
    description: 'Check and plan a pipeline here, and leave the run to the workers on the same PostgreSQL.',
    load: async () => (await import('./commands/submit.ts')).submitCommand,
  },
  schedule: {
    description:
      'Make the schedules of the workers on a PostgreSQL what pipelines say under `schedule:`; or list them.',
    load: async () => (await import('./commands/schedule.ts')).scheduleCommand,
  },
  worker: {
    description: 'Execute submitted runs, beside any number of other workers on the same PostgreSQL.',
    load: async () => (await import('./commands/worker.ts')).workerCommand,
  },
  doctor: {
    description:
      'Check that a Speech resource can be worked with: tier, sign-in, role, network, region. Changes nothing.',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  rollback: {
    description:
      'Have an endpoint serve the model again that it served before its last swap, or another one, with the proof of a swap.',
    load: async () => (await import('./commands/rollback.ts')).rollbackCommand,
  },
  lifecycle: {
    description: 'Show when the endpoints, custom models and base models of a Speech resource end. Changes nothing.',
    load: async () => (await import('./commands/lifecycle.ts')).lifecycleCommand,
  },
  drift: {
    description:
      'Show what Speech resources have otherwise than pipelines, release files and environment.yaml say. Changes nothing.',
    load: async () => (await import('./commands/drift.ts')).driftCommand,
  },
  import: {
    description:
      'Write pipelines, release files and environment.yaml of what a Speech resource has. Changes nothing there, and no file that is here.',
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  migrate: {
    description:
      'Write a pipeline of workflows, `spx csr` scripts and REST calls of before, and list what it could not carry over. Executes nothing.',
    load: async () => (await import('./commands/migrate.ts')).migrateCommand,
  },
  data: {
    description: 'Check data before they are uploaded, fix, divide and pack them.',
    load: async () => (await import('./commands/data.ts')).dataCommand,
  },
  results: {
    description: 'Print what an evaluation recognised, or what was said, for `speechops score`. Changes nothing.',
    load: async () => (await import('./commands/results.ts')).resultsCommand,
  },
  score: {
    description: 'Word error rate of recognised text against reference text, aligned as NIST sclite does.',
    load: async () => (await import('./commands/score.ts')).scoreCommand,
  },
  display: {
    description: 'Check that what was recognised is displayed as a table of spoken and displayed words wants it.',
    load: async () => (await import('./commands/display.ts')).displayCommand,
  },
  doubt: {
    description:
      'List where all models of evaluations contradict the transcript in the same words, and patch it. Changes nothing.',
    load: async () => (await import('./commands/doubt.ts')).doubtCommand,
  },
  portal: {
    description:
      'Serve a page of Speech resources, the repository and runs to this machine: data, testing, training, deployment.',
    load: async () => (await import('./commands/portal.ts')).portalCommand,
  },
  emulator: {
    description:
      'Run a local Speech resource: datasets, training, evaluations, endpoints, recognition over WebSocket and REST.',
    load: async () => (await import('./commands/emulator.ts')).emulatorCommand,
  },
  complete: {
    description: 'Print the completions of speechops for a shell.',
    load: async () => (await import('./commands/complete.ts')).completeCommand,
  },
};
