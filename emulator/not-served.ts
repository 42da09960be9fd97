/** What the emulator does not serve, by the paths below `/speechtotext` that belong to it; COVERAGE.md lists the operations. */
const notServed: readonly { readonly path: RegExp; readonly what: string }[] = [
  { path: /^\/(projects\/[^/]+\/)?transcriptions([:/]|$)/, what: 'Transcriptions are' },
  { path: /^\/models(\/[^/]+)?:(copy|copyto|authorizecopy)$/, what: 'Copying of models is' },
  { path: /^\/models\/(base\/)?[^/]+\/manifest$/, what: 'Model manifests for containers are' },
];

/** Why a path of the API is not answered here, in a sentence; undefined when the API has no such path. */
export function reasonNotServed(path: string): string | undefined {
  const found = notServed.find((entry) => entry.path.test(path));
  return found && `${found.what} not served by the emulator.`;
}
