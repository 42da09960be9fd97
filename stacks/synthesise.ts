import path from 'node:path';
import { type App, TerraformStack } from 'cdktf';
import { lockedProviders } from './locked-providers.ts';
import { installProvider } from './provider/install-provider.ts';

/**
 * Writes the stacks of an app, as its `synth` does, and puts the provider for Custom Speech beside those that use it: no
 * registry has it. Throws what is wrong with their constructs.
 */
export async function synthesise(app: App): Promise<void> {
  app.synth();
  const stacks = app.node.findAll().filter((construct) => TerraformStack.isStack(construct));
  for (const stack of stacks.filter(usesOurs)) {
    await installProvider(path.join(app.outdir, 'stacks', stack.node.id), { locked: lockedProviders(stack) });
  }
}

function usesOurs(stack: TerraformStack): boolean {
  const { provider = {} } = stack.toTerraform() as { readonly provider?: object };
  return 'customspeech' in provider;
}
