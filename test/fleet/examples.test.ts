import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { workerCommand } from '../../workflows/cli/commands/worker.ts';
import type { Session } from '../../workflows/cli/session.ts';

const folder = path.join(import.meta.dirname, '..', '..', 'examples', 'fleet');
const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
const unit = read('systemd/speechops-worker@.service');
const compose = load(read('compose.yaml')) as {
  readonly services: { readonly worker: { readonly command: readonly string[]; readonly stop_grace_period: string } };
};
const deployment = load(read('kubernetes/worker.yaml')) as {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly [{ readonly args: readonly string[] }];
      };
    };
  };
};
const pod = deployment.spec.template.spec;
const [, ...dockerArguments] = JSON.parse(/^CMD (.*)$/m.exec(read('Dockerfile'))?.[1] ?? '[]') as readonly string[];
const [, systemdArguments = ''] = /^ExecStart=\S+ worker (.*)$/m.exec(unit) ?? [];

/** How each way of setting up a fleet starts a worker, and for how long it lets it leave. */
const ways = [
  { way: 'Dockerfile', words: dockerArguments, grace: Number.POSITIVE_INFINITY },
  {
    way: 'compose',
    words: compose.services.worker.command.slice(1),
    grace: Number.parseInt(compose.services.worker.stop_grace_period, 10),
  },
  {
    way: 'systemd',
    words: systemdArguments.replace('%i', '9470').split(' '),
    grace: Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]),
  },
  { way: 'Kubernetes', words: pod.containers[0].args.slice(1), grace: pod.terminationGracePeriodSeconds },
];

describe('examples/fleet', () => {
  it.each(ways)('starts a worker as it can be started, and lets it leave: $way', ({ words, grace }) => {
    const command = workerCommand({ exitCode: 0 } as Session).exitOverride();
    command.parseOptions([...words]);
    expect(command.parseOptions([...words]).unknown).toEqual([]);
    expect(grace).toBeGreaterThan(command.opts<{ readonly drain: number }>().drain);
  });

  it('names a worker of a machine by its port, so that there may be any number', () => {
    const instances = [...unit.matchAll(/speechops-worker@(\S+)/g)].map(([, instance]) => instance);
    expect(instances.map((instance) => systemdArguments.replace('%i', instance ?? '').split(' ')[1])).toEqual(
      instances,
    );
  });

  it('says of each of its files what it is', () => {
    const readme = read('README.md');
    const names = readdirSync(folder).filter((name) => name !== 'README.md');
    expect(names.filter((name) => !readme.includes(`\`${name}`))).toEqual([]);
  });
});
