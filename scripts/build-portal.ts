import { fileURLToPath } from 'node:url';
import { buildApp } from '../portal/server/build-app.ts';

/** The page of the portal, where the compiled program looks for it. */
await buildApp(fileURLToPath(new URL('../dist/portal/app-files', import.meta.url)));
