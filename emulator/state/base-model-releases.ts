/** How often the service releases a base model of a locale. */
export const baseModelReleases = ['half-yearly', 'quarterly'] as const;

export type BaseModelReleases = (typeof baseModelReleases)[number];
