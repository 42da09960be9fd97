import type { Reporter, TestModule } from 'vitest/node';

/** Prints the files that took longest at the end of a run of many. */
export class SlowestFiles implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    if (modules.length <= shown) return;
    const timed = modules.map((module) => ({ name: module.relativeModuleId, seconds: secondsOf(module) }));
    const slowest = timed.toSorted((one, other) => other.seconds - one.seconds).slice(0, shown);
    console.log('\nThe slowest files, in seconds from their import to the end of their last test:');
    for (const { name, seconds } of slowest) console.log(`${seconds.toFixed(1).padStart(8)}  ${name}`);
  }
}

function secondsOf(module: TestModule): number {
  const { collectDuration, setupDuration, duration } = module.diagnostic();
  return (collectDuration + setupDuration + duration) / 1000;
}

const shown = 10;
