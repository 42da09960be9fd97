import path from 'node:path';
import { App } from 'cdktf';
import { installProvider } from '../../stacks/provider/install-provider.ts';
import { installAzurerm } from './azurerm/install-azurerm.ts';
import { WardStack } from './ward-stack.ts';

/** What the cdktf CLI runs in the end-to-end test. */
const app = new App();
new WardStack(app, 'ward');
app.synth();
const folder = path.join(app.outdir, 'stacks', 'ward');
await installAzurerm(folder);
await installProvider(folder);
