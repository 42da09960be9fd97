import { writeFileSync } from 'node:fs';

/** Loaded before the app: writes what the process has used when it ends. */
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const cost = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, memoryMegabytes: maxRSS / 1024 };
  writeFileSync(process.env['USAGE_FILE'] ?? '/dev/stdout', JSON.stringify(cost));
});
