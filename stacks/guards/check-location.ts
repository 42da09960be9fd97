import { trainingRegions } from '../../workflows/azure/speech-regions.ts';
import { nearestName } from '../../workflows/document/nearest-name.ts';
import { type Fault, fault, isLiteral, type PropertyPath } from './fault.ts';

/** Regions with the Speech service alone. */
const recognition = (
  'brazilsouth canadaeast centralus germanywestcentral italynorth japanwest northcentralus norwayeast qatarcentral ' +
  'southafricanorth swedencentral switzerlandwest uaenorth ukwest westcentralus'
).split(' ');

/** Regions of the clouds apart. */
const sovereign = {
  public: [],
  usgovernment: ['usgovarizona', 'usgovvirginia'],
  china: ['chinaeast2', 'chinanorth2', 'chinanorth3'],
} as const satisfies Record<Cloud, readonly string[]>;

/** Regions of Azure without the Speech service, where networks can be (Microsoft Learn, "List of Azure regions"). */
const others = {
  public: (
    'australiacentral australiacentral2 australiasoutheast austriaeast belgiumcentral brazilsoutheast chilecentral denmarkeast ' +
    'francesouth germanynorth indonesiacentral israelcentral jioindiacentral jioindiawest koreasouth malaysiawest mexicocentral ' +
    'newzealandnorth norwaywest polandcentral southafricawest southindia spaincentral swedensouth taiwannorth uaecentral westindia'
  ).split(' '),
  usgovernment: ['usdodcentral', 'usdodeast', 'usgovtexas'],
  china: ['chinaeast', 'chinaeast3', 'chinanorth'],
} as const satisfies Record<Cloud, readonly string[]>;

/** An Azure cloud, as the azurerm provider calls it. */
export type Cloud = 'public' | 'usgovernment' | 'china';

/** Where a region is written, and which are taken. */
interface LocationOptions {
  readonly path: PropertyPath;
  readonly cloud: Cloud;
  readonly allowUnlisted: boolean;
}

/** Finds a region that nobody knows, or where training with audio is slow. The provider takes any text for a region. */
export function checkLocation(value: string | undefined, options: LocationOptions): readonly Fault[] {
  if (!isLiteral(value)) return [];
  const { path, cloud, allowUnlisted } = options;
  if (recognition.includes(value) && cloud === 'public') {
    return [fault('slow-training-location', { path, value, locations: trainingRegions })];
  }
  return allowUnlisted || withSpeech(cloud).includes(value) ? [] : [withoutSpeech(value, options)];
}

/** Finds a region that Azure does not have, for what need not be beside the account. */
export function checkRegion(value: string | undefined, options: LocationOptions): readonly Fault[] {
  const isTaken = !isLiteral(value) || options.allowUnlisted || regionsOf(options.cloud).includes(value);
  return isTaken ? [] : [notInAzure(value, options)];
}

/**
 * Finds what is wrong with the region of any resource of azurerm: it also takes the names that people read (`West Europe`),
 * and some resources are in places that are none (`global`), so of those beside accounts only what misspells a region is refused.
 */
export function checkRawLocation(
  value: string | undefined,
  { needsSpeech, ...options }: LocationOptions & { readonly needsSpeech: boolean },
): readonly Fault[] {
  if (!isLiteral(value) || options.allowUnlisted) return [];
  const name = plain(value);
  if (needsSpeech) return withSpeech(options.cloud).includes(name) ? [] : [withoutSpeech(value, options)];
  const regions = regionsOf(options.cloud);
  return regions.includes(name) || nearestName(name, regions) === undefined ? [] : [notInAzure(value, options)];
}

function withoutSpeech(value: string, { path, cloud }: LocationOptions): Fault {
  const locations = withSpeech(cloud);
  return fault('unknown-location', { path, value, locations, nearest: nearestName(plain(value), locations) });
}

function notInAzure(value: string, { path, cloud }: LocationOptions): Fault {
  const regions = regionsOf(cloud);
  return fault('unknown-region', { path, value, regions, nearest: nearestName(plain(value), regions) });
}

function plain(location: string): string {
  return location.replaceAll(' ', '').toLowerCase();
}

function withSpeech(cloud: Cloud): readonly string[] {
  return cloud === 'public' ? [...trainingRegions, ...recognition].toSorted() : sovereign[cloud];
}

function regionsOf(cloud: Cloud): readonly string[] {
  return [...withSpeech(cloud), ...others[cloud]].toSorted();
}
