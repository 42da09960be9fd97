import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Diagnostic, DiagnosticCounts } from '../workflows/document/diagnostics/diagnostics.ts';
import type { BuildOptions, BuiltStacks } from './build-stacks.ts';
import { loadEnvironments } from './environment/load-environments.ts';

/** What is wrong with the text of environment.yaml. */
export interface CheckedEnvironments {
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
  readonly counts: DiagnosticCounts;
  /** What could not be checked and why, as a sentence; absent when all was checked. */
  readonly unchecked?: string;
}

/**
 * Tells everything that is wrong with environments, as synthesis would, and keeps nothing of the stacks. Without CDKTF the
 * document alone is checked: its keys and values, what environments inherit, and names.
 */
export async function checkEnvironments(
  text: string,
  { path: name }: { readonly path: string },
): Promise<CheckedEnvironments> {
  const build = await stacksBuilder();
  if (build !== undefined) return await build({ text, path: name });
  const { findings } = loadEnvironments(text, { path: name });
  return {
    diagnostics: findings.diagnostics(),
    counts: findings.counts(),
    unchecked: `What Azure would refuse is not checked in ${name}: that takes the packages cdktf, constructs and @cdktf/provider-azurerm, and they are not installed`,
  };
}

/** Undefined where the packages are not installed that stacks are made with: only those who make stacks need them. */
async function stacksBuilder(): Promise<((options: BuildOptions) => Promise<BuiltStacks>) | undefined> {
  try {
    const { App } = await import('cdktf');
    const { buildStacks } = await import('./build-stacks.ts');
    return async (options) => {
      // An app makes its folder at once.
      const outdir = await mkdtemp(path.join(tmpdir(), 'speechops-check-'));
      try {
        return buildStacks(new App({ outdir }), options);
      } finally {
        await rm(outdir, { recursive: true, force: true });
      }
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
