import path from 'node:path';
import { createVitest, type TestModule } from 'vitest/node';

/** What the host is asked: to run these files of tests, after these other files were changed. */
export interface HostRequest {
  readonly tests: readonly string[];
  readonly changed: readonly string[];
}

/** How tests ended; `unreadable`: a file of tests could not be loaded, so that none of them has judged anything. */
export type Ended = { readonly kind: 'passed' } | { readonly kind: 'failed' | 'unreadable'; readonly by: string };

// A process of its own, in the folder of the tree: it loads vitest once, and is ended from outside when tests hang.
const vitest = await createVitest('test', { root: process.cwd(), watch: false, reporters: [{}] });

process.on('message', (request: HostRequest) => {
  void run(request).then((ended) => process.send?.(ended));
});
process.on('disconnect', () => process.exit());
process.send?.({ kind: 'ready' });

async function run({ tests, changed }: HostRequest): Promise<Ended> {
  for (const file of changed) vitest.invalidateFile(file);
  const specifications = await vitest.globTestSpecifications([...tests]);
  if (specifications.length !== tests.length)
    return { kind: 'unreadable', by: `vitest knows ${specifications.length} of ${tests.join(', ')}` };
  const wanted = new Set(specifications.map(({ moduleId }) => moduleId));
  const { testModules: all, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  // The answer has the modules of earlier runs as well.
  const testModules = all.filter(({ moduleId }) => wanted.has(moduleId));
  for (const module of testModules) {
    const [failed] = module.children.allTests('failed');
    if (failed !== undefined) return { kind: 'failed', by: `${baseOf(module)}: ${failed.fullName}` };
  }
  for (const module of testModules) {
    const [error] = module.errors();
    if (error !== undefined) return { kind: 'unreadable', by: `${baseOf(module)}: ${error.message}` };
    const [first] = module.children.allTests();
    if (first === undefined) return { kind: 'unreadable', by: `${baseOf(module)} has no test` };
    if (!module.ok()) return { kind: 'failed', by: `${baseOf(module)}: an error outside of a test` };
  }
  return unhandledErrors.length > 0 ? { kind: 'failed', by: 'an error outside of a test' } : { kind: 'passed' };
}

function baseOf({ moduleId }: TestModule): string {
  return path.basename(moduleId);
}
