import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCallsProxy, type CallsProxy } from '../crash/calls-proxy.ts';
import { startSpeechops, type SpeechopsProcess } from '../crash/speechops-process.ts';
import { digests, openFleet, pause, planOf, testDatabaseUrl, textPlan, type Fleet } from './fleet.ts';
import { until } from '../until.ts';

describe.skipIf(testDatabaseUrl === '')(
  'a process that wakes after its run was taken over',
  { timeout: 300_000 },
  () => {
    let folder: string;
    let fleet: Fleet;
    let proxy: CallsProxy;

    beforeEach(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'speechops-frozen-'));
      fleet = await openFleet({ speed: 3000 });
      proxy = await startCallsProxy(fleet.emulators[0].url);
    });
    afterEach(async () => {
      await proxy.close();
      await fleet.close();
      await rm(folder, { recursive: true, force: true });
    });

    // The lists before the last one are planning's, and the step's own first look.
    it('of speechops run makes nothing that speechops resume has made meanwhile', async () => {
      const frozen = await startRun('frozen');
      const resumed = await freezeAtLook(frozen, {
        name: 'frozen',
        nth: 3,
        meanwhile: async () => await resume().ended,
      });
      expect(resumed.stdout).toMatch(/succeeded/);
      expect(await frozen.ended).toMatchObject({ code: 0 });
      expect(proxy.calls.filter((call) => call === 'POST /datasets')).toHaveLength(1);
      expect([...(await digests(fleet, 'datasets')).values()]).toEqual([1]);
    });

    it('of speechops run makes nothing that a resume made which died before the run had ended', async () => {
      const frozen = await startRun('frozen');
      await freezeAtLook(frozen, {
        name: 'frozen',
        nth: 3,
        async meanwhile() {
          const second = resume();
          await until(() => proxy.calls.includes('POST /datasets'), 20);
          await second.kill();
        },
      });
      // It has the same name as the one that died, and continues with what that one has made.
      expect(await frozen.ended).toMatchObject({ code: 0 });
      expect(proxy.calls.filter((call) => call === 'POST /datasets')).toHaveLength(1);
      expect([...(await digests(fleet, 'datasets')).values()]).toEqual([1]);
    });

    it('of speechops worker makes nothing that another worker has made meanwhile', async () => {
      const plan = await textPlan(folder, { name: 'run', target: { endpoint: proxy.url }, trains: false });
      const frozen = await fleet.startWorker();
      const ended = freezeAtLook(
        { send: (signal) => (signal === 'SIGSTOP' ? frozen.freeze() : frozen.wake()) },
        {
          name: frozen.name,
          nth: 2,
          async meanwhile() {
            await fleet.startWorker();
            return await fleet.runs();
          },
        },
      );
      await fleet.journal.enqueue('run', plan);
      expect(await ended).toMatchObject([{ status: 'succeeded' }]);
      await until(() => frozen.log().includes('continues elsewhere'), 50);
      expect(proxy.calls.filter((call) => call === 'POST /datasets')).toHaveLength(1);
    });

    it('of speechops worker leaves its run alone, and the concurrency group of it, which another worker has now', async () => {
      await writeFile(path.join(folder, 'text.txt'), 'good morning how did you sleep\n');
      const steps = `steps:
  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }
  - { id: ok, uses: approve, needs: [text], with: { message: Go? } }
`;
      const yaml = `name: grouped\nlocale: en-US\nconcurrency: one\n${steps}`;
      const frozen = await fleet.startWorker();
      const begun = freezeAtLook(
        { send: (signal) => (signal === 'SIGSTOP' ? frozen.freeze() : frozen.wake()) },
        {
          name: frozen.name,
          nth: 2,
          async meanwhile() {
            const worker = await fleet.startWorker();
            await until(() => worker.lines().some((line) => line['step'] === 'ok'), 50);
            return worker;
          },
        },
      );
      await fleet.journal.enqueue('run', planOf(yaml, { folder, target: { endpoint: proxy.url } }));
      const other = await begun;
      await until(() => frozen.log().includes('continues elsewhere'), 50);
      // Longer than a worker takes to look for runs that were given back.
      await pause(3000);
      await fleet.journal.decide('run', 'ok', { approved: true, by: 'ann', at: new Date().toISOString() });
      expect(await fleet.runs()).toMatchObject([{ status: 'succeeded' }]);
      expect(other.log()).not.toContain('continues elsewhere');
      expect(other.log().split('begins here').length - 1).toBe(1);
      expect(proxy.calls.filter((call) => call === 'POST /datasets')).toHaveLength(1);
    });

    it('of speechops worker makes nothing of a run that was cancelled and resumed, although its lock was never free', async () => {
      const plan = await textPlan(folder, { name: 'run', target: { endpoint: proxy.url }, trains: false });
      const frozen = await fleet.startWorker();
      const ended = interruptAtLook(2, async () => {
        frozen.freeze();
        await fleet.journal.cancel('run');
        await fleet.startWorker();
        const resumed = await resume().ended;
        frozen.wake();
        return resumed.stdout;
      });
      await fleet.journal.enqueue('run', plan);
      expect(await ended).toMatch(/succeeded/);
      await until(() => frozen.log().includes('continues elsewhere'), 50);
      expect(proxy.calls.filter((call) => call === 'POST /datasets')).toHaveLength(1);
    });

    async function startRun(name: string): Promise<SpeechopsProcess> {
      await writeFile(path.join(folder, 'text.txt'), 'good morning how did you sleep\n');
      const step = '{ id: text, uses: upload, with: { kind: Language, from: text.txt } }';
      await writeFile(path.join(folder, 'pipeline.yaml'), `name: frozen\nlocale: en-US\nsteps:\n  - ${step}\n`);
      return startSpeechops(['run', 'pipeline.yaml', '--run-id', 'run'], {
        cwd: folder,
        env: environment({ PGAPPNAME: name }),
      });
    }

    function resume(): SpeechopsProcess {
      return startSpeechops(['resume', 'run'], { cwd: folder, env: environment() });
    }

    function environment(more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
      const { key } = fleet.emulators[0];
      return { SPEECHOPS_ENDPOINT: proxy.url, SPEECHOPS_KEY: key, SPEECHOPS_DATABASE_URL: fleet.url, ...more };
    }

    /** Between the answer that there is no such dataset yet and what is done about it: longer than its connections last. */
    async function freezeAtLook<T>(
      frozen: Pick<SpeechopsProcess, 'send'>,
      of: { readonly name: string; readonly nth: number; meanwhile(): Promise<T> },
    ): Promise<T> {
      return await interruptAtLook(of.nth, async () => {
        frozen.send('SIGSTOP');
        await cutConnections(of.name);
        const result = await of.meanwhile();
        frozen.send('SIGCONT');
        return result;
      });
    }

    async function interruptAtLook<T>(nth: number, act: () => Promise<T>): Promise<T> {
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      proxy.interruptAt({ call: 'GET /datasets', nth, when: 'after' }, async () => await act().then(resolve, reject));
      return await promise;
    }

    async function cutConnections(name: string): Promise<void> {
      const client = new Client({ connectionString: fleet.url });
      await client.connect();
      await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [name]);
      await client.end();
    }
  },
);
