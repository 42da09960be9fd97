/** What one role lets an identity do with data: its data actions without those that it takes away. */
export interface DataPermission {
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
}

/** What pipelines make in a Speech resource, and the data action that makes it. */
export const writeActions: Readonly<Record<string, string>> = {
  projects: writing('projects'),
  datasets: writing('datasets'),
  models: writing('models'),
  evaluations: writing('evaluations'),
  endpoints: writing('endpoints'),
};

/**
 * Whether any of the permissions has the action. In actions of a role `*` stands for any text, slashes included, and case does
 * not matter; what a role takes away, it takes from itself and not from other roles (Microsoft Learn: "Understand Azure role
 * definitions").
 */
export function allowsDataAction(permissions: readonly DataPermission[], action: string): boolean {
  return permissions.some(
    ({ dataActions, notDataActions }) =>
      dataActions.some((pattern) => isMatch(pattern, action)) &&
      !notDataActions.some((pattern) => isMatch(pattern, action)),
  );
}

function writing(collection: string): string {
  return `Microsoft.CognitiveServices/accounts/SpeechServices/speechrest/${collection}/write`;
}

function isMatch(pattern: string, action: string): boolean {
  const parts = pattern.split(/\*+/).map((part) => part.replaceAll(/[^\w/]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(action);
}
