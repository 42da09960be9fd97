/** The ids of Azure's built-in roles that matter here (Microsoft Learn, "Azure built-in roles"); names may change, ids do not. */
export const builtInRoles = {
  'Cognitive Services Speech Contributor': '0e75ca1e-0464-4b4d-8b93-68208a576181',
  'Cognitive Services Speech User': 'f2dc8367-1007-4938-bd23-fe263f013447',
  'Cognitive Services User': 'a97b65f3-24c7-4388-baec-2e87135dc908',
  'Cognitive Services Contributor': '25fbc0a9-bd7c-42a3-aa1a-3b75d497ee68',
  'Storage Blob Data Contributor': 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  'Storage Blob Data Owner': 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
  'Storage Blob Data Reader': '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
  'Key Vault Crypto Service Encryption User': 'e147488a-f6f5-4113-8e2d-b22465e65bf6',
  'Monitoring Metrics Publisher': '3913510d-42f4-4e42-8a64-420c390055eb',
  Reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
} as const satisfies Readonly<Record<string, string>>;

/** The name of a built-in role. */
export type BuiltInRole = keyof typeof builtInRoles;

/** One text for a role, whether its name, its id or the whole id of its definition is written. */
export function roleKey(role: string): string {
  return isBuiltInRole(role) ? builtInRoles[role] : (role.split('/').at(-1) ?? role).toLowerCase();
}

/** Whether a text is the name of a role in the table. */
export function isBuiltInRole(name: string): name is BuiltInRole {
  return Object.hasOwn(builtInRoles, name);
}
