import { existsSync } from 'node:fs';

/** Ends the process with the way to the right Node when this one is too old for a program. Runs on every Node since 14. */
export function requireNode(program) {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major >= 24) return;
  const isClone = existsSync(new URL('../workflows', import.meta.url));
  const advice = isClone
    ? `in a clone of the repository \`npm ci\` brings it along for \`npx ${program}\` and npm scripts`
    : `\`npm install --save-dev node@24\` brings it along for \`npx ${program}\` and npm scripts in this project`;
  process.stderr.write(`error: ${program} needs Node 24 or newer, this is ${process.version}: ${advice}\n`);
  process.exit(2);
}
