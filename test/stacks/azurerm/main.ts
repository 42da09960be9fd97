import { servePlugin } from '../../../stacks/provider/plugin/serve-plugin.ts';
import { azurermProvider } from './azurerm-provider.ts';

/** What the stand-in's file runs: Terraform starts it. */
await servePlugin(azurermProvider(process.env), {
  args: process.argv.slice(2),
  env: process.env,
  source: 'registry.terraform.io/hashicorp/azurerm',
});
