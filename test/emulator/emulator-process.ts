import { type EmulatorOptions, startEmulator } from '../../emulator/start-emulator.ts';

/**
 * An emulator in a process of its own, to be killed. Its argument is the options as JSON; it tells its parent where it is, and
 * writes its log to stderr.
 */
const options = JSON.parse(process.argv[2] ?? '{}') as EmulatorOptions;
const { close: _, ...emulator } = await startEmulator({ ...options, log: (line) => process.stderr.write(`${line}\n`) });
process.send?.(emulator);
