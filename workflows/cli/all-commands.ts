import type { Command } from 'commander';
import { approveCommand } from './commands/approve.ts';
import { cancelCommand } from './commands/cancel.ts';
import { doctorCommand } from './commands/doctor.ts';
import { emulatorCommand } from './commands/emulator.ts';
import { lintCommand } from './commands/lint.ts';
import { planCommand } from './commands/plan.ts';
import { forkCommand, resumeCommand } from './commands/resume.ts';
import { runCommand } from './commands/run.ts';
import { runsCommand, showCommand } from './commands/runs.ts';
import { scheduleCommand } from './commands/schedule.ts';
import { scoreCommand } from './commands/score.ts';
import { submitCommand } from './commands/submit.ts';
import { workerCommand } from './commands/worker.ts';
import type { Session } from './session.ts';

/** In the order in which a newcomer needs them. */
export const allCommands: readonly ((session: Session) => Command)[] = [
  lintCommand,
  planCommand,
  runCommand,
  resumeCommand,
  approveCommand,
  cancelCommand,
  runsCommand,
  showCommand,
  forkCommand,
  submitCommand,
  scheduleCommand,
  workerCommand,
  doctorCommand,
  scoreCommand,
  emulatorCommand,
];
