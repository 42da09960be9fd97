import type { FastifyInstance } from 'fastify';
import type { PortalContext } from '../portal-context.ts';
import { clockRoutes } from './clock.ts';
import { deploymentRoutes } from './deployment.ts';
import { eventRoutes } from './events.ts';
import { overviewRoutes } from './overview.ts';
import { trainingRoutes } from './training.ts';
import { tryRecognitionRoutes } from './try-recognition.ts';

/** All routes of the API, a file a subject. */
export const routes: readonly ((app: FastifyInstance, context: PortalContext) => void)[] = [
  clockRoutes,
  deploymentRoutes,
  eventRoutes,
  overviewRoutes,
  trainingRoutes,
  tryRecognitionRoutes,
];
