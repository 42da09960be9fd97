import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { status } from '@grpc/grpc-js';
import { beforeAll, describe, expect, it } from 'vitest';
import { builtProvider } from '../../../../stacks/provider/build-provider.ts';
import { until } from '../../../until.ts';
import { magicCookie, PluginProcess } from './plugin-process.ts';

beforeAll(async () => void (await builtProvider()));

describe('the plugin', () => {
  it('prints one handshake line of protocol 6 over gRPC, and nothing more', async () => {
    await using plugin = await PluginProcess.start();
    expect(plugin.handshake).toEqual(['1', '6', 'unix', expect.any(String), 'grpc', expect.any(String)]);
    expect(plugin.handshake[5]).toMatch(/^[A-Za-z0-9+/]{100,}$/);
    await plugin.call('getProviderSchema');
    expect(plugin.output).toBe(`${plugin.handshake.join('|')}\n`);
  });

  it('answers only who shows the certificate that Terraform gave it', async () => {
    await using plugin = await PluginProcess.start();
    const check = { service: 'grpc.health.v1.Health' };
    expect(await plugin.call('check', { service: 'plugin' }, check)).toEqual({ status: 1 });
    const stranger = plugin.call('check', { service: 'plugin' }, { ...check, secured: false });
    await expect(stranger).rejects.toMatchObject({ code: status.UNAVAILABLE });
  });

  it('speaks without TLS to a Terraform that gives no certificate', async () => {
    await using plugin = await PluginProcess.start({ PLUGIN_CLIENT_CERT: '' });
    expect(plugin.handshake[5]).toBe('');
    expect(await plugin.call('getProviderSchema')).toHaveProperty('provider');
  });

  it('says of what newer Terraforms ask for that it does not have it', async () => {
    await using plugin = await PluginProcess.start();
    for (const method of ['GetResourceIdentitySchemas', 'GetFunctions', 'ListResource']) {
      await expect(plugin.callUnknown(method)).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
    }
  });

  it('ends when it is asked to, and takes its socket with it', async () => {
    await using plugin = await PluginProcess.start();
    await plugin.call('shutdown', {}, { service: 'plugin.GRPCController' });
    expect(await plugin.ended()).toBe(0);
    expect(existsSync(path.dirname(plugin.socket))).toBe(false);
  });

  it('ends on SIGTERM, but not on the SIGINT that a Ctrl-C sends to it too', async () => {
    await using plugin = await PluginProcess.start();
    plugin.process.kill('SIGINT');
    expect(await plugin.call('getProviderSchema')).toHaveProperty('provider');
    plugin.process.kill('SIGTERM');
    expect(await plugin.ended()).toBe(0);
    expect(existsSync(path.dirname(plugin.socket))).toBe(false);
  });

  it('ends when who started it has gone', async () => {
    const starter = spawn('sh', ['-c', `"${process.execPath}" "${await builtProvider()}" & wait`], {
      env: { PATH: process.env['PATH'], TF_PLUGIN_MAGIC_COOKIE: magicCookie },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(starter.stdout.setEncoding('utf8'), 'data')) as [string];
    const socket = line.split('|')[3] ?? '';
    expect(existsSync(socket)).toBe(true);
    starter.kill('SIGKILL');
    const deadline = Date.now() + 60_000;
    while (existsSync(socket) && Date.now() < deadline) await setTimeout(50);
    expect(existsSync(socket)).toBe(false);
  });

  it('tells a person who starts it what it is', async () => {
    const started = promisify(execFile)(process.execPath, [await builtProvider()], { env: {} });
    await expect(started).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^Run terraform in a folder [^\n]*\n$/),
    });
  });

  it('logs in the format of Terraform, at the level that is asked for', async () => {
    const env = { SPEECHOPS_ENDPOINT: 'http://127.0.0.1:9', SPEECHOPS_KEY: 'abcdef123456' };
    await using silent = await PluginProcess.start(env);
    await using talking = await PluginProcess.start({ ...env, TF_LOG: 'DEBUG' });
    for (const plugin of [silent, talking]) await plugin.call('readResource', { typeName: 'nothing' });
    await until(() => talking.log.includes('\n'));
    expect(silent.log).toBe('');
    const lines = talking.log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines[0]).toMatchObject({
      '@level': 'debug',
      '@message': 'failed',
      '@module': 'customspeech',
      '@timestamp': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
    });
  });
});
