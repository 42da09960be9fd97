import type { FastifyInstance } from 'fastify';
import type { PortalContext } from '../portal-context.ts';
import { asCodeRoutes } from './as-code.ts';
import { audioRoutes } from './audio.ts';
import { dataRoutes } from './data.ts';
import { clockRoutes } from './clock.ts';
import { deploymentRoutes } from './deployment.ts';
import { eventRoutes } from './events.ts';
import { overviewRoutes } from './overview.ts';
import { trainingRoutes } from './training.ts';
import { tryRecognitionRoutes } from './try-recognition.ts';
import { runRoutes } from './runs.ts';
import { testingRoutes } from './testing.ts';

/** All routes of the API, a file a subject. */
export const routes: readonly ((app: FastifyInstance, context: PortalContext) => void)[] = [
  asCodeRoutes,
  audioRoutes,
  dataRoutes,
  clockRoutes,
  deploymentRoutes,
  eventRoutes,
  overviewRoutes,
  trainingRoutes,
  tryRecognitionRoutes,
  runRoutes,
  testingRoutes,
];
