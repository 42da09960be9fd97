import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { servePlugin } from '../../../stacks/provider/plugin/serve-plugin.ts';
import { azurermProvider } from './azurerm-provider.ts';

const { SSL_CERT_FILE: trusted } = process.env;
// As the real provider does by itself.
if (trusted !== undefined) setDefaultCACertificates([...getCACertificates(), readFileSync(trusted, 'utf8')]);

/** What the stand-in's file runs: Terraform starts it. */
await servePlugin(azurermProvider(process.env), {
  args: process.argv.slice(2),
  env: process.env,
  source: 'registry.terraform.io/hashicorp/azurerm',
});
