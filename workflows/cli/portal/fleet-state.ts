import type { FleetExecutor, FleetState } from '../../../portal/server/sources.ts';
import { workerPrefix } from '../../durable/executor-name.ts';
import { fleetQueues } from '../../durable/fleet-queues.ts';
import { Journal, type RunPlace } from '../../durable/journal.ts';
import { Schedules } from '../../fleet/schedules/schedules.ts';
import { livingExecutors, namesOfLiving } from '../../store/liveness-lock.ts';
import { prepareTables } from '../../store/tables.ts';
import { openFleetStore } from '../connect/database.ts';
import type { Io } from '../session.ts';

/** The schedules of the fleet, and the processes that execute its runs, wait for some or have left some behind. */
export async function fleetOf(io: Io): Promise<FleetState> {
  const store = openFleetStore(io);
  try {
    const journal = await Journal.open(store);
    try {
      await prepareTables(store);
      const schedules = await new Schedules(store.pool).list();
      const runIds = schedules.flatMap(({ lastRunId }) => (lastRunId === undefined ? [] : [lastRunId]));
      const last = runIds.length === 0 ? [] : await journal.runs({ runIds });
      const executed = await journal.places({ queues: fleetQueues, executing: true });
      const queued = await journal.places({ queues: fleetQueues, executing: false });
      const names = executed.flatMap(({ executor }) => (executor === undefined ? [] : [executor]));
      return {
        schedules: schedules.map((schedule) => {
          const status = last.find(({ runId }) => runId === schedule.lastRunId)?.status;
          return { ...schedule, ...(status !== undefined && { lastRunStatus: status }) };
        }),
        executors: [
          ...executorsOf(executed, await livingExecutors(store.pool, names)),
          ...idleOf(await namesOfLiving(store.pool, workerPrefix), names),
        ],
        queued: queued.length,
      };
    } finally {
      await journal.close();
    }
  } finally {
    await store.close();
  }
}

/** Those that have no run; a name that was cut is that of the executor whose name begins with it. */
function idleOf(living: readonly string[], names: readonly string[]): readonly FleetExecutor[] {
  return living
    .filter((name) => !names.some((busy) => busy.startsWith(name)))
    .map((name) => ({ name, isAlive: true, runIds: [] }));
}

function executorsOf(places: readonly RunPlace[], living: ReadonlySet<string>): readonly FleetExecutor[] {
  const byName = Map.groupBy(places, ({ executor = '' }) => executor);
  byName.delete('');
  return [...byName]
    .map(([name, of]) => ({ name, isAlive: living.has(name), runIds: of.map(({ runId }) => runId).toSorted() }))
    .toSorted((one, other) => one.name.localeCompare(other.name));
}
