import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Loaded before the app: writes what the process has used when it ends. JavaScript, because to strip the types of a module before the app
 * turns on the cache of compiled modules takes more CPU than the app's whole start.
 */
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const cost = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, memoryMegabytes: (ownMost() ?? maxRSS) / 1024 };
  writeFileSync(process.env['USAGE_FILE'] ?? '/dev/stdout', JSON.stringify(cost));
});

/** In kilobytes. What the system calls the most memory of a process includes its parent's at its start, so Linux is asked for its own. */
function ownMost() {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return kilobytes && Number(kilobytes);
  } catch {
    return undefined;
  }
}
