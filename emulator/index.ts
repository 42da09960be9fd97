/** `speechops/emulator`: a local Speech resource for tests. */
export { type Emulator, type EmulatorOptions, startEmulator } from './start-emulator.ts';
