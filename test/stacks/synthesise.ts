import { type App, Testing } from 'cdktf';
import { buildStacks, type BuiltStacks } from '../../stacks/build-stacks.ts';
import { formatDiagnostics } from '../../workflows/document/diagnostics/format-diagnostics.ts';

/** Builds the stacks of a document; printed is what a person would read. */
export function build(text: string): BuiltStacks & { readonly app: App; readonly printed: string } {
  const app = Testing.app({ fakeCdktfJsonPath: false, outdir: 'cdktf.out' });
  const built = buildStacks(app, { text, path: 'environment.yaml' });
  const sources = { 'environment.yaml': text };
  return { ...built, app, printed: formatDiagnostics(built.diagnostics, { sources, color: false }) };
}

/** The stack of the environment `dev` as JSON, synthesised with every validation. */
export function synthesise(environment: string): Synthesised {
  const { stacks, printed, diagnostics } = build(inDev(environment));
  const [stack] = stacks;
  if (stack === undefined || diagnostics.some(({ severity }) => severity === 'error')) throw new Error(printed);
  return JSON.parse(Testing.synth(stack, true)) as Synthesised;
}

/** A document with these settings for `dev`. */
export function inDev(environment: string): string {
  const settings = environment.trim().replaceAll(/^/gm, '    ');
  return `name: calls\nenvironments:\n  dev:\n    location: westeurope\n${settings}\n`;
}

export interface Synthesised {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly provider: Readonly<Record<'azurerm' | 'customspeech', readonly Block[]>>;
  readonly output: Readonly<Record<string, Block>>;
  readonly terraform: { readonly backend: Readonly<Record<string, Block>> };
}

type Block = Readonly<Record<string, unknown>>;

/** The only resource of a type. */
export function only(stack: Synthesised, type: string): Block {
  const found = all(stack, type);
  if (found.length !== 1) throw new Error(`Cannot take the only ${type}: there are ${found.length}`);
  return found[0] ?? {};
}

/** All resources of a type. */
export function all(stack: Synthesised, type: string): readonly Block[] {
  return Object.values(stack.resource[type] ?? {});
}
