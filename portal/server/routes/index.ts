import type { FastifyInstance } from 'fastify';
import type { PortalContext } from '../portal-context.ts';
import { eventRoutes } from './events.ts';
import { overviewRoutes } from './overview.ts';
import { testingRoutes } from './testing.ts';

/** All routes of the API, a file a subject. */
export const routes: readonly ((app: FastifyInstance, context: PortalContext) => void)[] = [
  eventRoutes,
  overviewRoutes,
  testingRoutes,
];
