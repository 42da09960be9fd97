/** A package as package-lock.json has it. */
export interface LockedPackage {
  readonly version?: string;
  /** An SPDX expression. */
  readonly license?: string;
  readonly integrity?: string;
  /** The address of the archive; the lock file has none for packages of the registry, whichever mirror they come from. */
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly link?: boolean;
}

/**
 * The licences that a package may have which users get: each permits everything and asks at most for its text to be kept,
 * PSF-2.0 also for a summary of what is changed in the package itself.
 */
export const allowedLicenses: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PSF-2.0',
]);

/** Why users must not get a package; empty when they may. */
export function dependencyFaults(name: string, entry: LockedPackage): readonly string[] {
  const { license = '', integrity, resolved, hasInstallScript, link } = entry;
  const isFromRegistry = link !== true && resolved === undefined;
  return [
    ...(isAllowed(license) ? [] : [`${name}: the licence ${license === '' ? 'is not told' : license}`]),
    ...(integrity?.startsWith('sha512-') === true ? [] : [`${name}: no SHA-512 in package-lock.json`]),
    ...(isFromRegistry ? [] : [`${name}: comes from ${resolved ?? 'a folder'}`]),
    ...(hasInstallScript === true ? [`${name}: runs a script when it is installed`] : []),
  ];
}

/** Whether an SPDX expression leaves a way that asks for allowed licences alone: one side of OR, both of AND. */
export function isAllowed(expression: string): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const either = (): boolean => {
    let holds = both();
    for (; tokens[at] === 'OR';) {
      at += 1;
      // The right side is read also when the left one is enough.
      holds = both() || holds;
    }
    return holds;
  };
  const both = (): boolean => {
    let holds = one();
    for (; tokens[at] === 'AND';) {
      at += 1;
      holds = one() && holds;
    }
    return holds;
  };
  const one = (): boolean => {
    const token = tokens[at] ?? '';
    at += 1;
    if (token !== '(') return allowedLicenses.has(token);
    const holds = either();
    const isClosed = tokens[at] === ')';
    at += 1;
    return holds && isClosed;
  };
  // What is left over, such as WITH and an exception, is not understood and therefore not allowed.
  return either() && at === tokens.length;
}
