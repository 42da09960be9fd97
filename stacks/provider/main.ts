import { escapeLines } from '../../workflows/document/quote-name.ts';
import { customspeechProvider } from './customspeech-provider.ts';
import { servePlugin } from './plugin/serve-plugin.ts';
import { providerSource } from './provider-address.ts';

/** What the provider's file runs: Terraform starts it. The file is CommonJS, which cannot await at its top. */
servePlugin(customspeechProvider(process.env), {
  args: process.argv.slice(2),
  env: process.env,
  source: providerSource,
}).catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`Cannot start the provider: ${escapeLines(reason)}\n`);
  process.exitCode = 1;
});
