import { describe, expect, test } from 'vitest';
import { isInOwnStorage } from '../../../workflows/speech/storage-policy.ts';

const custom = 'https://calls.cognitiveservices.azure.com';
const local = 'https://127.0.0.1:7270';

describe('a file in storage of the account', () => {
  test.each([
    [custom, 'https://stcalls.blob.core.windows.net/customspeech-artifacts/report.json', true],
    [custom, 'https://stcalls.blob.core.usgovcloudapi.net/customspeech-artifacts/report.json', true],
    [custom, 'https://stcalls.blob.core.windows.net/customspeech-artifacts/report.json?sv=2023&sig=abc', false],
    [custom, 'http://stcalls.blob.core.windows.net/customspeech-artifacts/report.json', false],
    [custom, 'https://stcalls.blob.core.windows.net.evil.example/report.json', false],
    [custom, 'https://stcalls.blob.core.windows.net:8443/report.json', false],
    [custom, 'https://evil.example/report.json', false],
    [custom, `${custom}/files/report.json`, false],
    [custom, `${local}/files/report.json`, false],
    [local, `${local}/files/report.json`, true],
    [local, `${local}/files/report.json?sig=abc`, false],
    [local, `${local}/speechtotext/datasets/1`, false],
    [local, 'https://127.0.0.1:9999/files/report.json', false],
  ])('at %s: %s %s', (endpoint, url, expected) => {
    expect(isInOwnStorage(new URL(url), new URL(endpoint))).toBe(expected);
  });
});
