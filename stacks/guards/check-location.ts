import { nearestName } from '../../workflows/language/nearest-name.ts';
import { type Fault, fault, isLiteral, type PropertyPath } from './fault.ts';

/** Regions with the Speech service and hardware for training (Microsoft Learn, "Speech service supported regions"). */
const training = (
  'australiaeast canadacentral centralindia eastasia eastus eastus2 francecentral japaneast koreacentral northeurope ' +
  'southcentralus southeastasia switzerlandnorth uksouth westeurope westus westus2 westus3'
).split(' ');

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

/** An Azure cloud, as the azurerm provider calls it. */
export type Cloud = 'public' | 'usgovernment' | 'china';

/** Finds a region that nobody knows, or where training with audio is slow. The provider takes any text for a region. */
export function checkLocation(
  value: string | undefined,
  {
    path,
    cloud,
    allowUnlisted,
  }: { readonly path: PropertyPath; readonly cloud: Cloud; readonly allowUnlisted: boolean },
): readonly Fault[] {
  if (!isLiteral(value)) return [];
  const locations = cloud === 'public' ? [...training, ...recognition].toSorted() : sovereign[cloud];
  if (locations.some((name) => name === value)) {
    return recognition.includes(value) ? [fault('slow-training-location', { path, value, locations: training })] : [];
  }
  if (allowUnlisted) return [];
  const nearest = nearestName(value.replaceAll(' ', ''), locations);
  return [fault('unknown-location', { path, value, locations, nearest })];
}
