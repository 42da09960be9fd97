import { afterEach, describe, expect, it, vi } from 'vitest';
import { skipWithout } from './skip-without.ts';

describe('skipWithout', () => {
  afterEach(() => vi.unstubAllEnvs());
  const missing = { isThere: false, name: 'sclite', install: "Install Debian's package sctk" };
  const message = "SKIPPED: sclite is not there. Install Debian's package sctk";

  it('says what is not there on a machine of a developer', () => {
    vi.stubEnv('CI', '');
    expect(skipWithout(missing)).toBe(message);
  });

  it('throws on CI', () => {
    vi.stubEnv('CI', 'true');
    expect(() => skipWithout(missing)).toThrow(message);
  });

  it.each(['', 'true'])('skips nothing that is there, CI being "%s"', (ci) => {
    vi.stubEnv('CI', ci);
    expect(skipWithout({ ...missing, isThere: true })).toBeUndefined();
  });
});
