import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'cdktf';
import { expect, it, onTestFinished } from 'vitest';
import { SpeechStack, synthesise } from '../../stacks/index.ts';

it('gives the stacks of an app the provider that they use, and no other', async () => {
  const outdir = await mkdtemp(path.join(tmpdir(), 'speechops-app-'));
  onTestFinished(async () => await rm(outdir, { recursive: true, force: true }));
  const app = new App({ outdir });
  const usual = { workload: 'calls', location: 'westeurope', account: { ipRules: ['203.0.113.7'] } };
  new SpeechStack(app, 'with', { ...usual, customSpeech: {} });
  new SpeechStack(app, 'without', usual);
  await synthesise(app);
  const stacks = path.join(outdir, 'stacks');
  expect(await readFile(path.join(stacks, 'with', '.terraform.lock.hcl'), 'utf8')).toContain('azure/customspeech"');
  expect(await readdir(path.join(stacks, 'without'))).toEqual(['cdk.tf.json']);
});
