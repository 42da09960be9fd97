import { monitorEventLoopDelay } from 'node:perf_hooks';
import { startEmulator } from '../emulator/start-emulator.ts';
import { controlEmulator } from '../test/emulator/control-emulator.ts';
import { recordings, wavOf } from '../test/emulator/acoustic-zip.ts';
import { everyday } from '../test/emulator/recognition/spoken-texts.ts';

/** What the emulator of the bench says of itself since it was asked before. */
export interface EmulatorUsage {
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
  readonly lagP99Milliseconds: number;
  readonly lagMostMilliseconds: number;
}

/** The recordings that it knows. */
export const benchClips = recordings('bench', everyday.slice(0, 12));

/** Runs an emulator in a process of its own for `bench/recognition.ts`, which it tells its address and, when asked, its usage. */
async function serve(): Promise<void> {
  const emulator = await startEmulator();
  for (const clip of benchClips) {
    const path = `/audio?transcript=${encodeURIComponent(clip.transcript)}`;
    await controlEmulator(emulator, path, { body: wavOf(clip), headers: { 'Content-Type': 'audio/wav' } });
  }
  const lag = monitorEventLoopDelay({ resolution: 5 });
  lag.enable();
  let cpu = process.cpuUsage();
  process.on('message', () => {
    const { user, system } = process.cpuUsage(cpu);
    cpu = process.cpuUsage();
    const usage: EmulatorUsage = {
      cpuSeconds: (user + system) / 1e6,
      peakMegabytes: process.resourceUsage().maxRSS / 1024,
      lagP99Milliseconds: lag.percentile(99) / 1e6,
      lagMostMilliseconds: lag.max / 1e6,
    };
    lag.reset();
    process.send?.(usage);
  });
  process.on('disconnect', () => void emulator.close());
  process.send?.({ url: emulator.url, key: emulator.key });
}

if (process.send !== undefined) await serve();
