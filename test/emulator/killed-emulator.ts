import { startEmulator } from '../../emulator/start-emulator.ts';

/** An emulator in a process of its own, to be killed: tells its parent where it is. */
const { close: _, ...emulator } = await startEmulator({ dataDirectory: process.argv[2] ?? '' });
process.send?.(emulator);
