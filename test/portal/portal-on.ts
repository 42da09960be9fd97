import { type Portal, type PortalOptions, startPortal } from '../../portal/server/start-portal.ts';
import type { PortalSources } from '../../portal/server/sources.ts';
import { createLocalData } from '../../workflows/data/local-data.ts';

/** What a portal of a test or a measurement is started on; what is absent of it is empty. */
export type PortalOn = Partial<Omit<PortalOptions, 'sources' | 'appFolder'>> &
  Pick<PortalOptions, 'appFolder'> & {
    readonly sources?: Partial<Omit<PortalSources, 'repository'>> & {
      readonly repository?: Partial<PortalSources['repository']>;
    };
  };

/** The token of such a portal. */
export const testToken = 'a-token-of-a-test-0123456789';

/** Starts a portal on a free port, until it is closed. */
export async function startPortalOn({ sources = {}, ...options }: PortalOn): Promise<Portal> {
  return await startPortal({
    token: testToken,
    port: 0,
    readOnly: false,
    allowedHosts: [],
    person: 'Ada',
    program: '0.0.0',
    ...options,
    sources: { resources: [], runs: noRuns, ...sources, repository: { ...noRepository, ...sources.repository } },
  });
}

/** A repository that has nothing. */
export const noRepository: PortalSources['repository'] = {
  root: '/nowhere/repository',
  runsFolder: '/nowhere/repository/.speechops/runs',
  reviewHost: async () => ({ fault: 'There is no host here' }),
  git: async () => {
    throw new Error('There is no Git here');
  },
  pipelines: async () => [],
  data: createLocalData({ roots: [] }),
};

/** As in a folder in which nothing was ever run. */
/** Runs that are none. */
export const noRuns: PortalSources['runs'] = {
  borrow: async (act) =>
    await act({
      runs: async () => [],
      details: async () => undefined,
      log: async () => [],
      decide: async (_runId, _stepId, decision) => decision,
      cancel: async () => 0,
    }),
  version: async () => '',
  start: async () => ({}),
};
